import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct HDF5ReaderTests {
  @Test func everyElementTypeOfH5pyIsRead() throws {
    let reader = try HDF5Reader(fixtureBytes("hdf5/types.h5"))
    let expected: [(String, DType, [Double])] = [
      ("a/b/bf16", .bf16, [1, -2.5, 0.1]), ("bool", .bool, [1, 0, 1]), ("empty", .f32, []),
      ("f2", .f16, [0, 1, 2, 3, 4, 5]), ("f4", .f32, [0, 1, 2, 3, 4, 5]),
      ("f8", .f64, [0, 1, 2, 3, 4, 5]), ("i1", .i8, [0, 1, 2, 3, 4, 5]),
      ("i2", .i16, [0, 1, 2, 3, 4, 5]), ("i4", .i32, [0, 1, 2, 3, 4, 5]),
      ("i8", .i64, [0, 1, 2, 3, 4, 5]), ("scalar", .f32, [2.5]),
      ("u1", .u8, [0, 1, 2, 3, 4, 5]), ("u2", .u16, [0, 1, 2, 3, 4, 5]),
      ("u4", .u32, [0, 1, 2, 3, 4, 5]), ("u8", .u64, [0, 1, 2, 3, 4, 5]),
    ]
    #expect(reader.datasets.map(\.name) == expected.map(\.0))
    #expect(reader.datasets.map(\.dtype) == expected.map(\.1))
    for (dataset, (name, dtype, values)) in zip(reader.datasets, expected) {
      let bytes = try reader.bytes(dataset)
      let width = max(1, dtype.bitsPerElement / 8)
      #expect(bytes.count == values.count * width, "\(name)")
      for (index, value) in values.enumerated() {
        let own = bytes[index * width..<(index + 1) * width].reversed()
          .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let expected: UInt64 =
          switch dtype {
          case .f16: UInt64(Float16(value).bitPattern)
          case .f32: UInt64(Float(value).bitPattern)
          case .f64: value.bitPattern
          case .bf16: [0x3F80, 0xC020, 0x3DCD][index]
          default: UInt64(value)
          }
        #expect(own == expected, "\(name)[\(index)]")
      }
    }
    #expect(reader.datasets.first { $0.name == "scalar" }?.shape == [])
    #expect(reader.datasets.first { $0.name == "empty" }?.shape == [0, 3])
    #expect(reader.datasets.first { $0.name == "i4" }?.shape == [2, 3])
  }

  @Test func treesOfSeveralLevelsAndContinuedHeadersAreRead() throws {
    let reader = try HDF5Reader(fixtureBytes("hdf5/many.h5"))
    #expect(reader.datasets.count == 301)
    for dataset in reader.datasets where dataset.name != "attributed" {
      let bytes = try reader.bytes(dataset)
      #expect("g/\(Int(bytes[0]) | Int(bytes[1]) << 8)" == dataset.name)
    }
  }

  @Test(
    "is refused in words",
    arguments: [
      ("chunked", "chunks"), ("packed", "packed"), ("big-endian", "big-endian"),
      ("latest", "superblock of version"), ("compound", "compounds"), ("text", "text"),
      ("soft-link", "soft link"), ("unwritten", "never written"), ("external", "other files"),
      ("compact", "in the header"), ("virtual", "layout"),
    ])
  func outsideOfTheSubset(name: String, words: String) throws {
    let error = try #require(throws: CheckpointError.self) {
      try HDF5Reader(fixtureBytes("hdf5/\(name).h5"))
    }
    #expect(error.code == .unsupportedVersion)
    #expect(error.message.contains(words), "\(error)")
    #expect(error.byteOffset != nil)
  }

  @Test func aGroupInItselfIsNoEndlessTask() throws {
    let error = try #require(throws: CheckpointError.self) {
      try HDF5Reader(fixtureBytes("hdf5/circle.h5"))
    }
    #expect(error.code == .corrupt)
    #expect(error.message.contains("twice"))
  }

  /// Headers that each claim the rest of the file: what is read would grow with the square.
  @Test func partsThatOverlapAreAnError() throws {
    let datasets = (0..<50).map {
      HDF5Plan.Dataset(path: ["\($0)"], dtype: .u8, shape: [0], sizeBytes: 0)
    }
    var bytes = try HDF5Plan(datasets).header
    #expect(try HDF5Reader(bytes).datasets.count == 50)
    // Version 1, 4 messages, 1 reference.
    let headers = bytes.indices.filter { bytes[$0...].starts(with: [1, 0, 4, 0, 1, 0, 0, 0]) }
    #expect(headers.count == 50)
    for start in headers {
      let rest = bytes.count - start - 16
      bytes[start + 8] = UInt8(rest & 0xFF)
      bytes[start + 9] = UInt8(rest >> 8 & 0xFF)
    }
    let error = try #require(throws: CheckpointError.self) { try HDF5Reader(bytes) }
    #expect(error.code == .corrupt)
    #expect(error.message.contains("overlap"))
  }

  @Test(arguments: ["ba", "aa", "a/", "a\u{0}"]) func namesThatDontAscendOrCantBe(names: String)
    throws
  {
    let datasets = ["a", "b"].map {
      HDF5Plan.Dataset(path: [$0], dtype: .u8, shape: [0], sizeBytes: 0)
    }
    var bytes = try HDF5Plan(datasets).header
    let own = Array("a".utf8) + [UInt8](repeating: 0, count: 7) + Array("b".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: own) })
    (bytes[start], bytes[start + 8]) = (Array(names.utf8)[0], Array(names.utf8)[1])
    let error = try #require(throws: CheckpointError.self) { try HDF5Reader(bytes) }
    #expect(error.code == .corrupt)
    #expect(error.message.contains("name"))
  }

  @Test func aFileCutAnywhereIsAnError() throws {
    let bytes = try fixtureBytes("hdf5/types.h5")
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self, "\(count) bytes") {
        try HDF5Reader(Array(bytes[..<count]))
      }
    }
  }

  /// Whatever is changed: an error, or datasets that lie in the file.
  @Test func anyByteMayLie() throws {
    for (name, lies) in [("types", [0xFF]), ("soft-link", [1, 2, 8, 0x80, 0xFF] as [UInt8])] {
      let bytes = try fixtureBytes("hdf5/\(name).h5")
      // Most zeros are space that is left.
      for position in bytes.indices where bytes[position] != 0 || position % 8 == 0 {
        for lie in lies.map({ bytes[position] ^ $0 }) {
          var lying = bytes
          lying[position] = lie
          guard let reader = try? HDF5Reader(lying) else { continue }
          for dataset in reader.datasets {
            #expect(dataset.sizeBytes <= UInt64(bytes.count))
            #expect(dataset.offset <= UInt64(bytes.count) - dataset.sizeBytes)
          }
        }
      }
    }
  }
}

extension HDF5Reader {
  init(_ bytes: [UInt8]) throws {
    try self.init(ForeignBytes(bytes, path: "x.h5"))
  }

  /// All bytes of a dataset.
  func bytes(_ dataset: HDF5Dataset) throws -> [UInt8] {
    try tensor(dataset, name: dataset.name).allBytes()
  }
}

extension StreamedTensor {
  /// All bytes, asked for in two parts.
  func allBytes() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(sizeBytes))
    let middle = sizeBytes / 2
    try bytes.withUnsafeMutableBytes { buffer in
      try read(0..<middle, into: .init(rebasing: buffer[..<Int(middle)]))
      try read(middle..<sizeBytes, into: .init(rebasing: buffer[Int(middle)...]))
    }
    return bytes
  }
}
