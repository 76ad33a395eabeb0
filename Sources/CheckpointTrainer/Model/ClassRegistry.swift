public import Checkpoint

/// The classes that configurations can name. Add your own to have models that use them rebuilt
/// from checkpoints:
///
/// ```swift
/// var classes = ClassRegistry.standard
/// classes.layers.append(Swish.self)
/// let model = try Sequential(from: checkpoint, classes: classes)
/// ```
public struct ClassRegistry: Sendable {
  /// Layers.
  public var layers: [any Layer.Type] = [
    Dense.self, Conv2D.self, MaxPool2D.self, Flatten.self, Dropout.self, ActivationLayer.self,
  ]
  /// Optimizers.
  public var optimizers: [any Optimizer.Type] = [Adam.self, RMSprop.self, SGD.self]
  /// Learning-rate schedules.
  public var schedules: [any LearningRateSchedule.Type] = [
    CosineDecay.self, ExponentialDecay.self, InverseTimeDecay.self, PiecewiseConstantDecay.self,
    PolynomialDecay.self,
  ]
  /// Losses.
  public var losses: [any Loss.Type] = [
    BinaryCrossentropy.self, CategoricalCrossentropy.self, SparseCategoricalCrossentropy.self,
    MeanSquaredError.self, MeanAbsoluteError.self,
  ]
  /// Metrics.
  public var metrics: [any Metric.Type] = [
    Accuracy.self, BinaryAccuracy.self, CategoricalAccuracy.self, SparseCategoricalAccuracy.self,
    MeanSquaredErrorMetric.self, MeanAbsoluteErrorMetric.self,
  ]

  /// The classes of this library.
  public static let standard = ClassRegistry()

  /// The layer that `{"class_name": …, "config": {…}}` describes.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func layer(_ serialized: JSONValue) throws(TrainerError) -> any Layer {
    let (name, config) = try named(serialized, kind: "layer")
    guard let type = layers.first(where: { $0.className == name }) else {
      throw unknown("layer", name, layers.map { $0.className })
    }
    return try type.init(config: config)
  }

  /// The optimizer described by a name such as "rmsprop", or by an object.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func optimizer(_ serialized: JSONValue) throws(TrainerError) -> any Optimizer {
    let (name, config) = try named(serialized, kind: "optimizer")
    guard let type = optimizers.first(where: { $0.className.lowercased() == name.lowercased() })
    else { throw unknown("optimizer", name, optimizers.map { $0.className }) }
    return try type.init(config: config, classes: self)
  }

  /// The learning-rate schedule that `{"class_name": …, "config": {…}}` describes.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func schedule(_ serialized: JSONValue) throws(TrainerError) -> any LearningRateSchedule {
    let (name, config) = try named(serialized, kind: "learning-rate schedule")
    guard let type = schedules.first(where: { $0.className == name }) else {
      throw unknown("learning-rate schedule", name, schedules.map { $0.className })
    }
    return try type.init(config: config)
  }

  /// The loss described by a name such as "categorical_crossentropy", or by an object.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func loss(_ serialized: JSONValue) throws(TrainerError) -> any Loss {
    let (name, config) = try named(serialized, kind: "loss")
    guard
      let type = losses.first(where: {
        $0.className == name || $0.identifier == name || $0.aliases.contains(name)
      })
    else {
      throw unknown("loss", name, losses.map { $0.identifier })
    }
    return try type.init(config: config)
  }

  /// The metric described by a name such as "accuracy" or "acc", or by an object.
  ///
  /// - Throws: `.unknownClass`, `.invalidConfiguration`.
  public func metric(_ serialized: JSONValue) throws(TrainerError) -> any Metric {
    let (name, config) = try named(serialized, kind: "metric")
    if serialized.stringValue != nil,
      let type = metrics.first(where: { $0.identifiers.contains(name) })
    {
      return try type.init(config: ["name": .string(name)])
    }
    guard let type = metrics.first(where: { $0.className == name }) else {
      throw unknown("metric", name, metrics.flatMap { $0.identifiers })
    }
    return try type.init(config: config)
  }

  private func named(
    _ serialized: JSONValue, kind: String
  ) throws(TrainerError) -> (String, JSONObject) {
    if let name = serialized.stringValue { return (name, [:]) }
    guard let name = serialized["class_name"]?.stringValue else {
      throw TrainerError(
        .invalidConfiguration, "a \(kind) without 'class_name': \(serialized.text())")
    }
    return (name, serialized["config"]?.objectValue ?? [:])
  }

  private func unknown(_ kind: String, _ name: String, _ known: [String]) -> TrainerError {
    TrainerError(
      .unknownClass,
      "no \(kind) is called '\(name)', there are \(known.joined(separator: ", ")); add your own to "
        + "the ClassRegistry")
  }
}
