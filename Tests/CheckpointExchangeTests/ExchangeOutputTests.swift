import Checkpoint
import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct ExchangeOutputTests {
  @Test func tensorsOfManyPiecesArriveWholeAndInOrder() throws {
    let disk = PosixFileSystem()
    let directory = "/tmp/exchange-output-\(UInt64.random(in: 0 ... .max))"
    try disk.createDirectory(FilePath(directory))
    defer { try? removeAll(directory) }
    let count = 5_000_001
    let tensor = try StreamedTensor(name: "x", dtype: .u32, shape: [count]) { range, buffer in
      for index in 0..<buffer.count / 4 {
        buffer.storeBytes(
          of: UInt32(truncatingIfNeeded: Int(range.lowerBound) / 4 + index),
          toByteOffset: 4 * index,
          as: UInt32.self)
      }
    }
    let path = FilePath(directory).appending("out.bin")
    let output = try ExchangeOutput(path, in: disk)
    try output.append([1, 2, 3, 4])
    try output.append(tensor)
    try output.write([9], at: 0)
    try output.commit(replacing: false)
    let file = try ForeignFile(path, in: disk)
    #expect(file.sizeBytes == UInt64(4 + 4 * count))
    #expect(try file.bytes(4, at: 0) == [9, 2, 3, 4])
    for index in [0, 1, 2_097_151, 2_097_152, 4_194_304, count - 1] {
      let bytes = try file.bytes(4, at: UInt64(4 + 4 * index))
      #expect(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } == UInt32(index))
    }
    #expect(throws: CheckpointError.self) { try file.bytes(5, at: UInt64(4 * count)) }
  }

  @Test("overwrites what has been written, what is still in memory, and what is both")
  func patches() throws {
    let disk = SimulatedDisk()
    let block = 8 << 20
    let output = try ExchangeOutput("/out.bin", in: disk)
    var expected = [UInt8](repeating: 1, count: block - 3)
    try output.append(expected)
    for _ in 0..<2 {
      try output.append([2, 3, 4, 5, 6, 7])
      expected += [2, 3, 4, 5, 6, 7]
    }
    for (place, bytes) in [
      (0, [9]), (block - 1, [10, 11]), (block + 4, [12]), (expected.count - 1, [13]), (5, []),
    ] as [(Int, [UInt8])] {
      try output.write(bytes, at: UInt64(place))
      expected.replaceSubrange(place..<place + bytes.count, with: bytes)
    }
    #expect(output.position == UInt64(expected.count))
    try output.commit(replacing: false)
    let file = try ForeignFile("/out.bin", in: disk)
    #expect(try file.bytes(Int(file.sizeBytes), at: 0) == expected)
  }

  private func removeAll(_ path: String) throws {
    let directory = try PosixFileSystem().openDirectory(FilePath(path))
    for name in try directory.entryNames() { try directory.remove(name) }
  }
}
