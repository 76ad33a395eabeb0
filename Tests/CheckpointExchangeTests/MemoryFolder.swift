import Checkpoint
import CheckpointIO
import Foundation
import SimulatedDisk
import SystemPackage
import Testing

@testable import CheckpointExchange

/// Files of a test, in memory.
struct MemoryFolder {
  let disk = SimulatedDisk()

  /// A file of these bytes, on a disk of its own.
  func file(_ bytes: [UInt8], named name: String = "file") throws -> ForeignFile {
    try ForeignFile(FilePath("/" + name), in: Self.disk(bytes, named: name))
  }

  /// A disk with one file.
  static func disk(_ bytes: [UInt8], named name: String) -> SimulatedDisk {
    SimulatedDisk(mounting: DiskImage(entries: [name: .file(bytes)]))
  }

  /// All of a file.
  func bytes(_ name: String = "file") throws -> [UInt8] {
    let file = try ForeignFile(FilePath("/" + name), in: disk)
    return try file.bytes(Int(file.sizeBytes), at: 0)
  }
}

/// The bytes of a fixture.
func fixtureBytes(_ name: String) throws -> [UInt8] {
  try [UInt8](Data(contentsOf: fixtureLocation(name)))
}

/// The place of a fixture.
func fixtureLocation(_ name: String) throws -> URL {
  try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/" + name)
}

/// The bytes with `count` of them at `offset` replaced.
func patched(_ bytes: [UInt8], _ offset: Int, _ new: [UInt8]) -> [UInt8] {
  var bytes = bytes
  bytes.replaceSubrange(offset..<offset + new.count, with: new)
  return bytes
}
