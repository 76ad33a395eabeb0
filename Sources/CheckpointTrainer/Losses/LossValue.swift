/// A batch's losses and their gradient.
public struct LossValue: Sendable {
  /// The loss of each sample.
  public var perSample: [Float]
  /// The gradient of the mean with respect to the outputs; nil if it wasn't wanted.
  public var gradient: FloatTensor?

  /// A batch's losses.
  public init(perSample: [Float], gradient: FloatTensor?) {
    self.perSample = perSample
    self.gradient = gradient
  }

  /// The sum over the samples, in their order.
  public var sum: Double { perSample.reduce(0) { $0 + Double($1) } }

  /// A kernel's arguments: outputs, targets, rows, columns, losses, and the gradient or nil.
  typealias Kernel = (
    UnsafePointer<Float>, UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>,
    UnsafeMutablePointer<Float>?
  ) -> Void

  /// What a kernel computes of outputs and targets, both as rows of the outputs' last axis.
  ///
  /// - Precondition: there are as many targets as outputs.
  init(outputs: FloatTensor, targets: FloatTensor, wantsGradient: Bool, kernel: Kernel) {
    let (rows, columns) = outputs.lastAxisRows
    precondition(
      targets.elements.count == outputs.elements.count,
      "targets of shape \(targets.shape) for outputs of shape \(outputs.shape)")
    var losses = [Float](repeating: 0, count: rows)
    var gradient = [Float](repeating: 0, count: wantsGradient ? rows * columns : 0)
    if rows > 0 {
      gradient.withUnsafeMutableBufferPointer { gradient in
        kernel(
          outputs.elements, targets.elements, rows, columns, &losses,
          wantsGradient ? gradient.baseAddress : nil)
      }
    }
    self.init(
      perSample: losses,
      gradient: wantsGradient ? FloatTensor(gradient, shape: outputs.shape) : nil)
  }
}
