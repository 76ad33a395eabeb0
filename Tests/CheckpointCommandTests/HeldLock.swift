import Foundation
import SystemPackage

/// Another process's lock on a run directory, as far as this one can tell.
final class HeldLock {
  private let descriptor: FileDescriptor

  init(_ path: FilePath) throws {
    descriptor = try FileDescriptor.open(
      path, .readWrite, options: .create, permissions: [.ownerReadWrite])
    guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
  }

  func release() { try? descriptor.close() }
}
