/// What `compile` sets: how the model learns and is judged, and the optimizer's state.
struct Objective: Sendable {
  let optimizer: any Optimizer
  let loss: any Loss
  let metrics: [any Metric]
  /// Nil until the model is built.
  var state: OptimizerState?

  /// The names under which the metrics are logged: their own; a second metric of a name has it with
  /// `_1` behind it, and so on, as in Keras.
  var metricNames: [String] {
    var counts: [String: Int] = [:]
    return metrics.map { metric in
      let count = counts[metric.name, default: 0]
      counts[metric.name] = count + 1
      return count == 0 ? metric.name : "\(metric.name)_\(count)"
    }
  }

  /// The layer whose activation the loss takes over, if there is one.
  func fusedLayer(of network: Network, isTraining: Bool) -> Int? {
    network.lastActiveLayer(isTraining: isTraining).flatMap { index in
      loss.takesOver(network.layers[index].outputActivation) ? index : nil
    }
  }

  /// One step of training on one batch. Sums are of the weights before the step, as in Keras.
  mutating func step(
    _ network: inout Network, inputs: FloatTensor, targets: FloatTensor, sums: inout BatchSums
  ) {
    let fused = fusedLayer(of: network, isTraining: true)
    let (outputs, saved) = network.forward(
      inputs, isTraining: true, leavesOutActivationOf: fused)
    let value = loss.evaluate(
      outputs: outputs, areLogits: fused != nil, targets: targets, wantsGradient: true)
    sums.add(
      value, outputs: predictions(outputs, fused: fused, of: network), targets: targets, of: self)
    guard let gradient = value.gradient else { return }
    apply(network.backward(gradient, saved: saved), to: &network)
  }

  /// Judges the model on one batch.
  func judge(
    _ network: inout Network, inputs: FloatTensor, targets: FloatTensor, sums: inout BatchSums
  ) {
    let fused = fusedLayer(of: network, isTraining: false)
    let outputs = network.forward(
      inputs, isTraining: false, leavesOutActivationOf: fused
    ).outputs
    let value = loss.evaluate(
      outputs: outputs, areLogits: fused != nil, targets: targets, wantsGradient: false)
    sums.add(
      value, outputs: predictions(outputs, fused: fused, of: network), targets: targets, of: self)
  }

  private func predictions(
    _ outputs: FloatTensor, fused: Int?, of network: Network
  ) -> FloatTensor {
    guard let fused, !metrics.isEmpty else { return outputs }
    var outputs = outputs
    network.layers[fused].outputActivation.apply(to: &outputs)
    return outputs
  }

  private mutating func apply(_ gradients: [[FloatTensor]], to network: inout Network) {
    guard var state else { return }
    // The only reference to the arrays: they change in place.
    self.state = nil
    let rate = optimizer.learningRate(at: state.iteration, set: state.learningRate)
    for layer in gradients.indices {
      for variable in gradients[layer].indices {
        optimizer.update(
          &network.weights[layer][variable], gradient: gradients[layer][variable],
          slots: &state.slots[layer][variable], learningRate: rate, iteration: state.iteration)
      }
    }
    state.iteration += 1
    self.state = state
  }
}
