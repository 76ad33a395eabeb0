import CheckpointIO
import Foundation
import SystemPackage

/// A directory on the real disk that goes with its test.
final class TemporaryDirectory {
  let path: FilePath

  init() {
    path = FilePath(NSTemporaryDirectory()).appending("ckpt-exchange-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func file(_ name: String) -> FilePath { path.appending(name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name).string))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name).string)))
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
  }
}
