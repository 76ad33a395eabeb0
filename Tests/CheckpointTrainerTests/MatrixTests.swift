import CCheckpointShims
import CheckpointTrainer
import Testing

@Suite("Matrix product")
struct MatrixTests {
  /// Sizes around the edges of tiles (6 × 16, 4 × 8) and of blocks (96 rows, 256 steps).
  static let sizes = [
    (1, 1, 1), (2, 3, 4), (5, 15, 7), (6, 16, 8), (7, 17, 9), (13, 10, 300), (97, 33, 257),
  ]

  @Test("equals the definition, for each way of transposing", arguments: sizes)
  func definition(rows: Int, columns: Int, inner: Int) {
    var generator = RandomGenerator(seed: 1)
    let a = random([rows, inner], &generator)
    let b = random([inner, columns], &generator)
    let expected = naiveProduct(a, b)
    expectClose(a.matrixProduct(b), expected)
    expectClose(transposed(a).transposedMatrixProduct(b), expected)
    expectClose(a.matrixProduct(transposing: transposed(b)), expected)
  }

  @Test("is the same by the portable path, but for rounding", arguments: sizes)
  func portable(rows: Int, columns: Int, inner: Int) {
    var generator = RandomGenerator(seed: 2)
    let a = random([rows, inner], &generator)
    let b = random([inner, columns], &generator)
    var elements = [Float](repeating: .nan, count: rows * columns)
    ckpt_matrix_multiply_portable(
      a.elements, false, b.elements, false, &elements, rows, columns, inner)
    expectClose(FloatTensor(elements, shape: [rows, columns]), naiveProduct(a, b))
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

  @Test("carries NaN and infinity along")
  func nonFinite() {
    let a = FloatTensor([.nan, 1, .infinity, 1], shape: [2, 2])
    let product = a.matrixProduct(FloatTensor([1, 1], shape: [2, 1]))
    #expect(product.elements[0].isNaN)
    #expect(product.elements[1] == .infinity)
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

  private func expectClose(_ a: FloatTensor, _ b: FloatTensor) {
    #expect(a.shape == b.shape)
    #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 2e-5 })
  }
}
