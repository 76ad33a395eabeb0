import Checkpoint
import CheckpointIO
import Testing

@testable import CheckpointExchange

@Suite struct StridedElementsTests {
  /// Every order of the axes, every range of elements, against the definition.
  @Test(arguments: [1, 2, 4, 8]) func everyRangeOfEveryOrder(elementBytes: Int) throws {
    let shape = [2, 3, 4]
    for axes in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var strides = [0, 0, 0]
      var step = 1
      for axis in axes {
        strides[axis] = step
        step *= shape[axis]
      }
      try check(shape: shape, strides: strides, elementBytes: elementBytes)
    }
    // With gaps, and with elements that are seen twice.
    try check(shape: shape, strides: [40, 10, 2], elementBytes: elementBytes)
    try check(shape: shape, strides: [0, 1, 0], elementBytes: elementBytes)
    try check(shape: [5], strides: [3], elementBytes: elementBytes)
    // The stride of an axis with one index is whatever it is.
    try check(shape: [4, 1, 2], strides: [1, .max, 4], elementBytes: elementBytes)
    try check(shape: [], strides: [], elementBytes: elementBytes)
    // Some rows at a time, whatever fits: two of five, one, all but one.
    for rows in 1...5 {
      for shape in [[5, 3, 2], [5], [5, 1], [5, 7]] {
        let rowBytes = shape.dropFirst().reduce(1, *) * elementBytes
        try check(
          shape: shape, strides: StridedElements.columnMajor(shape), elementBytes: elementBytes,
          slabBytes: rows * rowBytes)
      }
    }
  }

  /// What is held of an array in Fortran order is no more than was allowed, however large it is.
  @Test func largeArraysGoThroughMemoryInParts() throws {
    let largest = Largest()
    let shape = [1 << 20, 1 << 13]
    let elements = try StridedElements(
      shape: shape, strides: StridedElements.columnMajor(shape), elementBytes: 4,
      slabBytes: 16 << 20
    ) { buffer, offset in
      largest.note(buffer.count)
      // The row of each element.
      for index in 0..<buffer.count / 4 {
        buffer.storeBytes(
          of: UInt32((Int(offset) / 4 + index) % (1 << 20)), toByteOffset: 4 * index,
          as: UInt32.self)
      }
    }
    var row = [UInt32](repeating: 0, count: 1 << 13)
    try row.withUnsafeMutableBytes {
      try elements.read(511 << 13..<512 << 13, into: $0)
    }
    #expect(row.allSatisfy { $0 == 511 })
    #expect(largest.count == 512 * 4)
    #expect(largest.total == 16 << 20)
  }

  private final class Largest: Sendable {
    private let counts = Locked((largest: 0, total: 0))
    func note(_ count: Int) {
      counts.withLock { $0 = (max($0.largest, count), $0.total + count) }
    }
    var count: Int { counts.withLock { $0.largest } }
    var total: Int { counts.withLock { $0.total } }
  }

  private func check(
    shape: [Int], strides: [Int], elementBytes: Int, slabBytes: Int = 256 << 20
  ) throws {
    let span = try StridedElements.span(shape: shape, strides: strides)
    let bytes = (0..<span * elementBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let elements = try StridedElements(
      shape: shape, strides: strides, elementBytes: elementBytes, slabBytes: slabBytes,
      shortestRunBytes: 1
    ) { buffer, offset in
      #expect(slabBytes == 256 << 20 || buffer.count <= slabBytes)
      bytes.withUnsafeBytes {
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(offset) + buffer.count]))
      }
    }
    var expected: [UInt8] = []
    let count = shape.reduce(1, *)
    for number in 0..<count {
      var rest = number
      var place = 0
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      expected += bytes[place * elementBytes..<(place + 1) * elementBytes]
    }
    for first in 0...count {
      for end in first...count {
        var part = [UInt8](repeating: 0, count: (end - first) * elementBytes)
        try part.withUnsafeMutableBytes { try elements.read(first..<end, into: $0) }
        #expect(part == Array(expected[first * elementBytes..<end * elementBytes]))
      }
    }
  }

  @Test func stridesBeyondMemoryAreRefused() throws {
    for (shape, strides) in [
      ([2], [-1]), ([3, 2], [Int.max, 1]), ([2, 2], [Int.max, Int.max]), ([2], [Int.max]),
      ([1 << 40], [1 << 30]),
    ] {
      #expect(throws: CheckpointError.self) {
        try StridedElements.span(shape: shape, strides: strides)
      }
    }
    #expect(try StridedElements.span(shape: [Int.max, 0], strides: [Int.max, 1]) == 0)
    #expect(throws: CheckpointError.self) {
      try StridedElements(shape: [1 << 32, 2], strides: [2, 1], elementBytes: 1) { _, _ in }
    }
    #expect(StridedElements.rowMajor([2, 3, 4]) == [12, 4, 1])
    #expect(StridedElements.columnMajor([2, 3, 4]) == [1, 2, 6])
  }
}
