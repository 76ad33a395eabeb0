import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite("Rearranged tensors")
struct TransposedTensorTests {
  /// A tensor whose elements are their own numbers.
  private func counted(_ count: Int) throws -> StreamedTensor {
    try StreamedTensor("x", (0..<count).map { UInt16($0) }, [count])
  }

  @Test("a matrix comes out transposed, whatever the budget and the pieces")
  func matrix() throws {
    for (rows, columns) in [(1, 1), (1, 5), (5, 1), (3, 4), (7, 6)] {
      let expected = (0..<columns).flatMap { column in
        (0..<rows).map { UInt16($0 * columns + column) }
      }
      for budgetBytes in [1, 8, 10, 34, 1000] {
        for pieceBytes in [1, 2, 7, 1000] {
          let tensor = try TransposedTensor(
            counted(rows * columns), columns: columns, channels: 1
          ).tensor(
            name: "y", shape: [columns, rows], through: TransposedBand(budgetBytes: budgetBytes))
          #expect(try tensor.elements(UInt16.self, pieceBytes: pieceBytes) == expected)
        }
      }
    }
  }

  @Test("rows are counted by channel and then by position")
  func channels() throws {
    let (height, width, channels, columns) = (2, 3, 4, 5)
    var expected: [UInt16] = []
    for column in 0..<columns {
      for channel in 0..<channels {
        for y in 0..<height {
          for x in 0..<width {
            expected.append(UInt16(((y * width + x) * channels + channel) * columns + column))
          }
        }
      }
    }
    let tensor = try TransposedTensor(
      counted(expected.count), columns: columns, channels: channels
    ).tensor(
      name: "y", shape: [columns, channels, height, width],
      through: TransposedBand(budgetBytes: 50))
    #expect(try tensor.elements(UInt16.self, pieceBytes: 16) == expected)
  }

  @Test("one band serves several tensors in turn")
  func shared() throws {
    let band = TransposedBand(budgetBytes: 16)
    // Of one size, so that only their numbers tell their parts apart.
    let tensors = try (1...3).map { columns in
      try TransposedTensor(counted(6), columns: columns, channels: 1)
        .tensor(name: "\(columns)", shape: [columns, 6 / columns], through: band)
    }
    for _ in 0..<2 {
      for (index, tensor) in tensors.enumerated() {
        let columns = index + 1
        #expect(
          try tensor.elements(UInt16.self, pieceBytes: 6)
            == (0..<columns).flatMap { c in (0..<6 / columns).map { UInt16($0 * columns + c) } })
      }
    }
  }
}
