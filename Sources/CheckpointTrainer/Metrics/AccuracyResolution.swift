/// How outputs are compared with targets; after Keras' three functions of these names in
/// https://keras.io/api/metrics/accuracy_metrics.
enum AccuracyResolution {
  /// An output counts as 1 above a threshold, else as 0: also if it is NaN.
  case binary(threshold: Float)
  /// The target is the number of the class with the largest output.
  case sparse
  /// The class with the largest target is that with the largest output.
  case categorical

  /// What "accuracy" means for such shapes, as Keras resolves it.
  init(targetShape: [Int], outputShape: [Int]) {
    if outputShape.last ?? 1 == 1 {
      self = .binary(threshold: 0.5)
    } else if targetShape.count < outputShape.count || targetShape.last == 1 {
      self = .sparse
    } else {
      self = .categorical
    }
  }

  /// Whether targets of a shape can be compared with outputs; shapes without the samples' axis.
  func takes(targetShape: [Int], outputShape: [Int]) -> Bool {
    let rows = Array(outputShape.dropLast())
    switch self {
    case .binary:
      return targetShape == outputShape || targetShape + [1] == outputShape
    case .sparse: return targetShape == rows || targetShape == rows + [1]
    case .categorical: return targetShape == outputShape
    }
  }

  /// Adds the share found of each row of outputs to `state[0]`, and the number of rows to `state[1]`.
  func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    let (rows, columns) = outputs.lastAxisRows
    guard rows > 0 else { return }
    let targetColumns = targets.elements.count / rows
    precondition(
      targets.elements.count == rows * targetColumns, "\(targets.shape) for \(outputs.shape)")
    var found = 0
    for row in 0..<rows {
      let output = outputs.elements[row * columns..<(row + 1) * columns]
      let target = targets.elements[row * targetColumns..<(row + 1) * targetColumns]
      switch self {
      case .binary(let threshold):
        for (output, target) in zip(output, target) {
          if (output > threshold ? 1 : 0) == target { found += 1 }
        }
      case .sparse: if Float(largest(output)) == target.first { found += 1 }
      case .categorical: if largest(output) == largest(target) { found += 1 }
      }
    }
    let perRow = if case .binary = self { columns } else { 1 }
    state[0] += Double(found) / Double(perRow)
    state[1] += Double(rows)
  }

  /// The place of the first largest number of a row. As in Keras NaN is never it, a row of nothing
  /// else has it at 0, and -0 is smaller than 0.
  private func largest(_ row: ArraySlice<Float>) -> Int {
    var (place, most) = (0, -Float.greatestFiniteMagnitude)
    for (index, number) in row.enumerated() {
      let isNegativeZero = number == 0 && number.sign == .minus
      let value = isNegativeZero ? -Float.leastNormalMagnitude : number
      if value > most { (place, most) = (index, value) }
    }
    return place
  }
}

extension Metric {
  /// Checks shapes of an accuracy.
  ///
  /// - Throws: `.shapeMismatch`.
  func require(
    _ resolution: AccuracyResolution, targetShape: [Int], outputShape: [Int]
  ) throws(TrainerError) {
    guard !resolution.takes(targetShape: targetShape, outputShape: outputShape) else { return }
    throw TrainerError(
      .shapeMismatch,
      "metric '\(name)': targets of the shape \(targetShape) can't be compared with outputs of the "
        + "shape \(outputShape)")
  }

  /// Checks that shapes are equal, but for a last axis of length 1 that targets may lack.
  func requireEqual(_ targetShape: [Int], _ outputShape: [Int]) throws(TrainerError) {
    try require(.binary(threshold: 0), targetShape: targetShape, outputShape: outputShape)
  }
}
