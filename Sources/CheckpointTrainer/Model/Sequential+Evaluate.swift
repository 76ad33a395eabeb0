extension Sequential {
  /// The model's outputs for inputs; the first axis counts samples.
  ///
  /// Needs memory for the outputs, and for what the layers make of one batch.
  ///
  /// - Throws: `.shapeMismatch`, `.invalidArgument`.
  public func predict(_ inputs: FloatTensor, batchSize: Int = 32) throws(TrainerError)
    -> FloatTensor
  {
    try build(inputShape: Array(inputs.shape.dropFirst()))
    try requirePositive(batchSize: batchSize)
    guard var network else { throw TrainerError(.notCompiled, "the model is not built") }
    var elements: [Float] = []
    let (count, overflows) = inputs.rowCount.multipliedReportingOverflow(
      by: network.outputShape.reduce(1, *))
    guard !overflows else {
      throw TrainerError(
        .shapeMismatch, "outputs of \(network.outputShape) for each of \(inputs.rowCount) samples")
    }
    elements.reserveCapacity(count)
    for batch in batchRanges(of: inputs.rowCount, size: batchSize) {
      let outputs = network.forward(
        inputs.rows(batch), isTraining: false, leavesOutActivationOf: nil)
      elements += outputs.outputs.elements
    }
    return FloatTensor(elements, shape: [inputs.rowCount] + network.outputShape)
  }

  /// Loss and metrics on data, without training.
  ///
  /// - Throws: `.notCompiled`, `.shapeMismatch`, `.invalidArgument`.
  public func evaluate(
    _ inputs: FloatTensor, _ targets: FloatTensor, batchSize: Int = 32
  ) throws(TrainerError) -> Logs {
    let targets = try check(inputs, targets, what: "data")
    try requirePositive(batchSize: batchSize)
    guard inputs.rowCount > 0 else {
      throw TrainerError(.invalidArgument, "there are no samples to evaluate the model on")
    }
    let objective = try requireObjective()
    var sums = BatchSums(of: objective)
    guard var network else { return sums.logs(of: objective) }
    for batch in batchRanges(of: inputs.rowCount, size: batchSize) {
      objective.judge(
        &network, inputs: inputs.rows(batch), targets: targets.rows(batch), sums: &sums)
    }
    return sums.logs(of: objective)
  }

  /// Checks that data fit the model and each other, building the model if need be; returns the
  /// targets, brought to the outputs' shape where only an axis of length 1 is missing.
  func check(
    _ inputs: FloatTensor, _ targets: FloatTensor, what: String
  ) throws(TrainerError) -> FloatTensor {
    guard !inputs.shape.isEmpty, inputs.rowCount == targets.rowCount, !targets.shape.isEmpty else {
      throw TrainerError(
        .shapeMismatch,
        "\(what): \(inputs.rowCount) inputs, but \(targets.rowCount) targets")
    }
    try build(inputShape: Array(inputs.shape.dropFirst()))
    let objective = try requireObjective()
    guard let network else { throw TrainerError(.notCompiled, "the model is not built") }
    var targets = targets
    if network.outputShape.last == 1, targets.shape.count == network.outputShape.count {
      targets = targets.reshaped(to: targets.shape + [1])
    }
    let targetShape = Array(targets.shape.dropFirst())
    try objective.loss.check(targetShape: targetShape, outputShape: network.outputShape)
    try objective.loss.check(targets: targets, outputShape: network.outputShape)
    for metric in objective.metrics {
      try metric.check(targetShape: targetShape, outputShape: network.outputShape)
    }
    return targets
  }

  func requirePositive(batchSize: Int) throws(TrainerError) {
    guard batchSize > 0 else {
      throw TrainerError(.invalidArgument, "a batch size of \(batchSize)")
    }
  }
}

/// The ranges of samples that batches take; the last one may be shorter.
func batchRanges(of count: Int, size: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}
