internal import Checkpoint

/// How a model learns: what its description says, what the command line says instead, and what is
/// sensible where neither says anything.
struct CompileConfig {
  private let described: JSONValue?
  private let loss: String?
  private let optimizer: String?
  private let learningRate: Double?
  private let metrics: String?

  /// - Parameters:
  ///   - described: Keras' `compile_config`, if there is one.
  ///   - metrics: names separated by commas; `none` for none.
  init(
    _ described: JSONValue?, loss: String?, optimizer: String?, learningRate: Double?,
    metrics: String?
  ) {
    self.described = described
    self.loss = loss
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.metrics = metrics
  }

  /// Keras' `compile_config`.
  /// - Parameter outputShape: of one sample: one number is taken for yes or no, several for classes.
  func json(outputShape: [Int]) -> JSONValue {
    let usual = outputShape == [1] ? "binary_crossentropy" : "categorical_crossentropy"
    return [
      "optimizer": ratedOptimizer,
      "loss": loss.map { .string($0) } ?? member("loss") ?? .string(usual),
      "metrics": metricList ?? member("metrics") ?? ["accuracy"],
    ]
  }

  private func member(_ key: String) -> JSONValue? {
    guard let member = described?[key], member != .null else { return nil }
    return member
  }

  private var metricList: JSONValue? {
    guard let metrics else { return nil }
    guard metrics != "none" else { return [] }
    return .array(metrics.split(separator: ",").map { .string(String($0)) })
  }

  private var ratedOptimizer: JSONValue {
    let chosen = optimizer.map { .string($0) } ?? member("optimizer") ?? "rmsprop"
    guard let learningRate else { return chosen }
    var config = chosen["config"]?.objectValue ?? [:]
    config["learning_rate"] = .double(learningRate)
    return [
      "class_name": chosen["class_name"] ?? chosen, "config": .object(config),
    ]
  }
}
