import CCheckpointShims
import CheckpointTrainer
import Testing

@Suite("Matrix product")
struct MatrixTests {
  /// Nothing, single elements, primes, and sizes around the edges of tiles (6 and 12 rows; 8, 16 and
  /// 32 columns) and of blocks (192 rows, 320 steps, 1024 columns).
  static let sizes = [
    (0, 3, 2), (3, 0, 2), (3, 2, 0), (1, 1, 1), (2, 3, 4), (1, 31, 7), (37, 1, 5), (5, 15, 1),
    (6, 16, 8), (7, 17, 9), (10, 12, 8), (12, 32, 16), (13, 33, 319), (41, 65, 321), (13, 10, 643),
    (97, 33, 257), (193, 101, 47), (25, 1061, 3), (211, 97, 337),
  ]

  /// Those that this machine has.
  static let availablePaths: [UInt32] = [
    CKPT_MATRIX_PORTABLE, CKPT_MATRIX_AVX2, CKPT_MATRIX_AVX512,
  ]
  .filter { ckpt_matrix_path_exists($0) }.map { UInt32($0.rawValue) }

  @Test("equals the definition, for each way of transposing", arguments: sizes)
  func definition(rows: Int, columns: Int, inner: Int) {
    var generator = RandomGenerator(seed: 1)
    let a = random([rows, inner], &generator)
    let b = random([inner, columns], &generator)
    let expected = naiveProduct(a, b)
    expectClose(a.matrixProduct(b), expected, inner: inner)
    expectClose(transposed(a).transposedMatrixProduct(b), expected, inner: inner)
    expectClose(a.matrixProduct(transposing: transposed(b)), expected, inner: inner)
  }

  @Test("adds to what is there", arguments: sizes)
  func adding(rows: Int, columns: Int, inner: Int) {
    var generator = RandomGenerator(seed: 2)
    let a = random([inner, rows], &generator)
    let b = random([inner, columns], &generator)
    let start = random([rows, columns], &generator)
    var sum = start
    sum.addTransposedMatrixProduct(a, b)
    let product = naiveProduct(transposed(a), b)
    let expected = zip(start.elements, product.elements).map { $0 + $1 }
    expectClose(sum, FloatTensor(expected, shape: start.shape), inner: inner)
  }

  @Test(
    "is by each path, for each way of transposing and however it is cut up the plain loop's",
    arguments: sizes)
  func paths(rows: Int, columns: Int, inner: Int) {
    var generator = RandomGenerator(seed: 3)
    let a = random([rows, inner], &generator)
    let b = random([inner, columns], &generator)
    let start = random([rows, columns], &generator)
    for adds in [false, true] {
      // One chain of fused multiply-adds per element is what all paths that fuse promise.
      let chains = fusedProduct(a, b, from: adds ? start : nil)
      for path in MatrixTests.availablePaths {
        let whole = product(a, b, start, adds: adds, path: path)
        if fuses(path) { #expect(whole == chains) }
        expectClose(floats(whole), floats(chains), inner: inner)
        for parts in 1...3 {
          for way in 0..<4 {
            let other = product(a, b, start, adds: adds, path: path, way: way, parts: parts)
            #expect(other == whole, "path \(path), way \(way), \(parts) parts")
          }
        }
      }
    }
  }

  @Test("is the same on several threads at a time")
  func severalCallers() async {
    var generator = RandomGenerator(seed: 4)
    let a = random([120, 300], &generator)
    let b = random([300, 200], &generator)
    let expected = a.matrixProduct(b)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<10).allSatisfy { _ in a.matrixProduct(b).isBitwiseEqual(to: expected) }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test("gives the same bits at every call")
  func deterministic() {
    var generator = RandomGenerator(seed: 3)
    let a = random([33, 700], &generator)
    let b = random([700, 29], &generator)
    let first = a.matrixProduct(b)
    for _ in 0..<5 { #expect(a.matrixProduct(b).isBitwiseEqual(to: first)) }
  }

  @Test("over nothing is zero; of nothing is empty")
  func empty() {
    let product = FloatTensor([], shape: [2, 0]).matrixProduct(FloatTensor([], shape: [0, 3]))
    #expect(product == FloatTensor(repeating: 0, shape: [2, 3]))
    let none = FloatTensor([], shape: [0, 2]).matrixProduct(FloatTensor([1, 2], shape: [2, 1]))
    #expect(none.shape == [0, 1])
  }

  @Test("carries NaN and infinity along, past zeros too", arguments: MatrixTests.availablePaths)
  func nonFinite(path: UInt32) {
    for size in [1, 5, 12, 40] {
      for (value, factor) in [(Float.nan, Float(0)), (.infinity, 0), (.infinity, 1), (.nan, 1)] {
        var a = FloatTensor(repeating: 0, shape: [size, size])
        let b = FloatTensor(repeating: factor, shape: [size, size])
        let place = (row: size / 2, step: size - 1)
        a.withUnsafeMutableElements { $0[place.row * size + place.step] = value }
        let bits = product(a, b, a, adds: false, path: path)
        let expected = value * factor
        for (index, element) in floats(bits).elements.enumerated() {
          if index / size == place.row {
            #expect(element.isNaN == expected.isNaN && (element.isNaN || element == expected))
          } else {
            #expect(element == 0)
          }
        }
        // The other operand's column.
        let mirrored = product(b, a, a, adds: false, path: path)
        for (index, element) in floats(mirrored).elements.enumerated() {
          #expect(index % size != place.step ? element == 0 : element.isNaN == expected.isNaN)
        }
      }
    }
  }

  /// The product's bits; `way` tells which operands are handed over transposed.
  private func product(
    _ a: FloatTensor, _ b: FloatTensor, _ start: FloatTensor, adds: Bool, path: UInt32,
    way: Int = 0, parts: Int = 1
  ) -> [UInt32] {
    let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
    // What is overwritten must not be read.
    var elements =
      adds ? start.elements : [Float](repeating: .nan, count: rows * columns)
    let left = way & 1 == 1 ? transposed(a) : a
    let right = way & 2 == 2 ? transposed(b) : b
    ckpt_matrix_multiply_parts(
      left.elements, way & 1 == 1, right.elements, way & 2 == 2, &elements, rows, columns, inner,
      adds, ckpt_matrix_path(path), parts)
    return elements.map(\.bitPattern)
  }

  private func floats(_ bits: [UInt32]) -> FloatTensor {
    FloatTensor(bits.map { Float(bitPattern: $0) }, shape: [bits.count])
  }

  private func fuses(_ path: UInt32) -> Bool {
    #if arch(arm64)
      true
    #else
      path != CKPT_MATRIX_PORTABLE.rawValue
    #endif
  }

  private func fusedProduct(_ a: FloatTensor, _ b: FloatTensor, from start: FloatTensor?)
    -> [UInt32]
  {
    let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
    var sums = start?.elements ?? [Float](repeating: 0, count: rows * columns)
    let (left, right) = (a.elements, b.elements)
    for i in 0..<rows {
      for k in 0..<inner {
        for j in 0..<columns {
          sums[i * columns + j].addProduct(left[i * inner + k], right[k * columns + j])
        }
      }
    }
    return sums.map(\.bitPattern)
  }

  private func random(_ shape: [Int], _ generator: inout RandomGenerator) -> FloatTensor {
    FloatTensor(
      (0..<shape[0] * shape[1]).map { _ in generator.uniform(in: -1..<1) }, shape: shape)
  }

  private func transposed(_ a: FloatTensor) -> FloatTensor {
    let (rows, columns) = (a.shape[0], a.shape[1])
    return FloatTensor(
      (0..<columns).flatMap { j in (0..<rows).map { a.elements[$0 * columns + j] } },
      shape: [columns, rows])
  }

  private func naiveProduct(_ a: FloatTensor, _ b: FloatTensor) -> FloatTensor {
    let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
    var sums = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for k in 0..<inner {
        let factor = Double(a.elements[i * inner + k])
        for j in 0..<columns {
          sums[i * columns + j] += factor * Double(b.elements[k * columns + j])
        }
      }
    }
    return FloatTensor(sums.map { Float($0) }, shape: [rows, columns])
  }

  /// Equal but for a rounding per step of sums that stay around 1.
  private func expectClose(_ a: FloatTensor, _ b: FloatTensor, inner: Int) {
    #expect(a.shape == b.shape)
    let bound = Float(inner + 8) * 0x1p-22
    #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < bound })
  }
}
