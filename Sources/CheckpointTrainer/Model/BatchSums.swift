/// What has been gathered of an epoch: the running loss and metrics. In the middle of an epoch it is
/// part of the position that a checkpoint holds.
struct BatchSums: Sendable, Hashable {
  var lossSum = 0.0
  var sampleCount = 0
  /// For each metric its state.
  var metricStates: [[Double]]

  init(of objective: Objective) {
    metricStates = objective.metrics.map(\.initialState)
  }

  init(lossSum: Double, sampleCount: Int, metricStates: [[Double]]) {
    self.lossSum = lossSum
    self.sampleCount = sampleCount
    self.metricStates = metricStates
  }

  mutating func add(
    _ value: LossValue, outputs: FloatTensor, targets: FloatTensor, of objective: Objective
  ) {
    lossSum += value.sum
    sampleCount += value.perSample.count
    for (index, metric) in objective.metrics.enumerated() {
      metric.update(&metricStates[index], outputs: outputs, targets: targets)
    }
  }

  /// Loss and metrics so far, sorted by name, as Keras reports them.
  func logs(of objective: Objective) -> Logs {
    var values = zip(objective.metricNames, zip(objective.metrics, metricStates)).map {
      name, entry in (name, entry.0.result(of: entry.1))
    }
    values.append(("loss", sampleCount == 0 ? 0 : lossSum / Double(sampleCount)))
    return Logs(values.sorted { $0.0 < $1.0 })
  }
}
