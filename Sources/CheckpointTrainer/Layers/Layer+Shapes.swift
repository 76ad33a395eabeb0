extension Layer {
  /// An error of shapes that names the layer: "layer 'conv2d' (Conv2D) takes …".
  func shapeError(_ sentence: String) -> TrainerError {
    TrainerError(.shapeMismatch, "layer '\(name)' (\(Self.className)) \(sentence)")
  }

  /// The shape, unless its elements can't be counted in memory.
  ///
  /// - Throws: `.shapeMismatch`.
  func addressable(_ outputShape: [Int], from inputShape: [Int]) throws(TrainerError) -> [Int] {
    // In bytes, with room for the axis that counts samples.
    guard let count = FloatTensor.elementCount(of: outputShape), count <= 1 << 48 else {
      throw shapeError(
        "would make outputs of the shape \(outputShape) from inputs of the shape \(inputShape): "
          + "more than any memory holds")
    }
    return outputShape
  }
}
