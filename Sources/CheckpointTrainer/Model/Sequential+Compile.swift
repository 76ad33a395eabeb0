import Checkpoint

extension Sequential {
  /// Sets how the model learns and is judged, and starts the optimizer afresh.
  public func compile(
    optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = []
  ) {
    objective = Objective(optimizer: optimizer, loss: loss, metrics: metrics)
    resetOptimizerState()
  }

  /// The same by Keras' names: "adam", "categorical_crossentropy", "accuracy".
  ///
  /// A metric is logged under the name it is asked for by: "acc" gives `val_acc`.
  ///
  /// - Throws: `.unknownClass`, naming what there is.
  public func compile(
    optimizer: String, loss: String, metrics: [String] = []
  ) throws(TrainerError) {
    let classes = ClassRegistry.standard
    var resolved: [any Metric] = []
    for name in metrics { resolved.append(try classes.metric(.string(name))) }
    compile(
      optimizer: try classes.optimizer(.string(optimizer)), loss: try classes.loss(.string(loss)),
      metrics: resolved)
  }

  /// Whether `compile` was called.
  public var isCompiled: Bool { objective != nil }

  /// How many steps the optimizer has made.
  public var stepCount: Int { objective?.state.map { Int($0.iteration) } ?? 0 }

  func requireObjective() throws(TrainerError) -> Objective {
    guard let objective else {
      throw TrainerError(.notCompiled, "call compile(optimizer:loss:metrics:) first")
    }
    return objective
  }
}
