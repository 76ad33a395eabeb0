public import Checkpoint

/// A number that tells how good a model is, gathered batch by batch.
///
/// What is gathered is a list of numbers that the caller keeps: in the middle of an epoch a
/// checkpoint holds it. Names are those of https://keras.io/api/metrics.
public protocol Metric: Sendable {
  /// The class name in configurations.
  static var className: String { get }

  /// The names by which `compile` knows it, each of which is then its name: "accuracy", "acc".
  static var identifiers: [String] { get }

  /// The name in logs, after which "val_…" is named too.
  var name: String { get }

  /// The configuration in Keras' form.
  var config: JSONObject { get }

  /// The metric a configuration describes; "name" alone must do.
  init(config: JSONObject) throws(TrainerError)

  /// Checks that targets can be compared with outputs; shapes without the first axis, which counts
  /// samples.
  ///
  /// - Throws: `.shapeMismatch`.
  func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError)

  /// What is gathered before the first batch.
  var initialState: [Double] { get }

  /// Gathers a batch. The first axis of both tensors counts samples.
  func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor)

  /// The number for what is gathered.
  func result(of state: [Double]) -> Double
}

extension Metric {
  /// Most metrics are known by none.
  public static var identifiers: [String] { [] }

  /// Most metrics compare what the loss compares.
  public func check(targetShape: [Int], outputShape: [Int]) throws(TrainerError) {}

  /// How `compile_config` names the metric: by its identifier if nothing else is configured.
  package var serialized: JSONValue {
    if Self.identifiers.contains(name), config.count == 1 { return .string(name) }
    return [
      "module": "keras.metrics", "class_name": .string(Self.className), "config": .object(config),
      "registered_name": nil,
    ]
  }

  /// A sum and a count.
  public var initialState: [Double] { [0, 0] }

  /// The sum over the count; 0 before the first batch, as in Keras.
  public func result(of state: [Double]) -> Double {
    state[1] == 0 ? 0 : state[0] / state[1]
  }
}
