import Checkpoint
import Foundation
import SystemPackage

/// A directory on the real disk, removed when the test ends.
final class TemporaryDirectory {
  let path: FilePath

  init() {
    let name = "ckpt-tests-\(UniqueID.random())"
    path = FilePath(NSTemporaryDirectory()).appending(name)
    try? FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func file(_ name: String) -> FilePath { path.appending(name) }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name).string)))
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name).string))
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: file(name).string, withDestinationPath: target)
  }
}
