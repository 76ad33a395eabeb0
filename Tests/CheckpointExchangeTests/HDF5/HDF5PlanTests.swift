import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite struct HDF5PlanTests {
  @Test func whatIsPlannedIsRead() throws {
    let dtypes: [DType] = [
      .bool, .u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64, .f16, .bf16, .f32, .f64,
    ]
    var datasets: [HDF5Plan.Dataset] = []
    for (index, dtype) in dtypes.enumerated() {
      for shape in [[], [3], [2, index], [1, 2, 3]] {
        datasets.append(try dataset(["t", dtype.name, "\(shape.count)-\(shape)"], dtype, shape))
      }
    }
    try expectRead(datasets)
  }

  @Test(
    "groups of any size are read, in order",
    arguments: [0, 1, 7, 8, 9, 255, 256, 257, 300, 8192, 8200])
  func groupSizes(count: Int) throws {
    try expectRead((0..<count).map { try dataset(["g", "\($0)"], .u8, [1]) })
  }

  @Test func theSameDatasetsGiveTheSameBytes() throws {
    let datasets = try (0..<40).map { try dataset(["a", "\($0 % 7)", "\($0)"], .f32, [$0]) }
    let first = try HDF5Plan(datasets, emptyGroups: [["vars"], ["a", "x"], ["b"]])
    let second = try HDF5Plan(datasets, emptyGroups: [["b"], ["a", "x"], ["vars"]])
    #expect(first.header == second.header)
    #expect(first.offsets.allSatisfy { $0 % 64 == 0 && $0 >= UInt64(first.header.count) })
  }

  @Test func namesThatCantBeAreRefused() throws {
    for path in [[], [""], ["a", ""], ["a/b"], ["."], ["a\u{0}"]] {
      #expect(throws: CheckpointError.self, "\(path)") {
        try HDF5Plan([try dataset(path, .u8, [1])])
      }
    }
    for (first, second) in [(["a"], ["a"]), (["a"], ["a", "b"]), (["a", "b"], ["a"])] {
      #expect(throws: CheckpointError.self) {
        try HDF5Plan([try dataset(first, .u8, [1]), try dataset(second, .u8, [1])])
      }
    }
    #expect(throws: CheckpointError.self) { try HDF5Plan([try dataset(["a"], .c64, [1])]) }
    #expect(throws: CheckpointError.self) {
      try HDF5Plan([try dataset(["a"], .u8, [Int](repeating: 1, count: 33))])
    }
  }

  private func dataset(
    _ path: [String], _ dtype: DType, _ shape: [Int]
  ) throws -> HDF5Plan.Dataset {
    HDF5Plan.Dataset(
      path: path, dtype: dtype, shape: shape,
      sizeBytes: try #require(dtype.sizeBytes(elements: UInt64(shape.reduce(1, *)))))
  }

  /// Writes elements that tell where they belong, and reads them.
  private func expectRead(_ datasets: [HDF5Plan.Dataset]) throws {
    let plan = try HDF5Plan(datasets, emptyGroups: [["vars"]])
    var bytes = plan.header
    for (number, (dataset, offset)) in zip(datasets, plan.offsets).enumerated() {
      bytes += [UInt8](repeating: 0, count: Int(offset) - bytes.count)
      bytes += [UInt8](repeating: UInt8(number % 251), count: Int(dataset.sizeBytes))
    }
    #expect(UInt64(bytes.count) == plan.sizeBytes)
    let reader = try HDF5Reader(bytes)
    let numbers = Dictionary(
      uniqueKeysWithValues: datasets.enumerated().map { ($1.path.joined(separator: "/"), $0) })
    #expect(reader.datasets.count == datasets.count)
    for dataset in reader.datasets {
      let number = try #require(numbers[dataset.name])
      #expect(dataset.dtype == datasets[number].dtype)
      #expect(dataset.shape == datasets[number].shape)
      #expect(try reader.bytes(dataset).allSatisfy { $0 == UInt8(number % 251) })
    }
  }
}
