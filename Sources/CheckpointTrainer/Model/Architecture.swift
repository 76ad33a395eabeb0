import Checkpoint

/// A sequential model's layers, read from Keras' form.
struct Architecture {
  let name: String
  let layers: [any Layer]
  /// The shape of one sample; nil if nothing tells it.
  let inputShape: [Int]?

  /// - Throws: `.invalidConfiguration`, `.unknownClass`.
  init(_ document: JSONValue?, classes: ClassRegistry) throws(TrainerError) {
    guard let document else {
      throw TrainerError(
        .invalidConfiguration, "the checkpoint has no architecture: it was not saved by a trainer")
    }
    guard document["class_name"]?.stringValue == "Sequential" else {
      throw TrainerError(
        .unknownClass,
        "the model is a '\(document["class_name"]?.stringValue ?? "?")'; only Sequential is read")
    }
    let config = Configuration(document["config"]?.objectValue ?? [:], of: "Sequential")
    name = try config.string("name", or: "sequential")
    var layers: [any Layer] = []
    var shape: JSONValue?
    for layer in try config.array("layers") {
      if layer["class_name"]?.stringValue != "InputLayer" {
        try Configuration(
          layer["config"]?.objectValue ?? [:], of: layer["class_name"]?.stringValue ?? "layer"
        ).requireSinglePrecision()
        layers.append(try classes.layer(layer))
      } else if layers.isEmpty {
        shape = layer["config"]?["batch_shape"] ?? layer["config"]?["batch_input_shape"]
      }
      // Older versions have it in the first layer that does something.
      if shape == nil, layers.count == 1 { shape = layer["config"]?["batch_input_shape"] }
    }
    self.layers = layers
    let known = shape ?? document["build_config"]?["input_shape"]
    inputShape = known == nil || known == .null ? nil : try Architecture.sampleShape(known)
  }

  /// The shape of one sample, where there must be one.
  ///
  /// - Throws: `.invalidConfiguration`.
  func requiredInputShape() throws(TrainerError) -> [Int] {
    if let inputShape { return inputShape }
    return try Architecture.sampleShape(nil)
  }

  /// A shape whose first axis, null, counts samples.
  private static func sampleShape(_ shape: JSONValue?) throws(TrainerError) -> [Int] {
    let axes = shape?.arrayValue?.dropFirst() ?? []
    let lengths = axes.compactMap { $0.intValue.flatMap { Int(exactly: $0) } }.filter { $0 > 0 }
    guard !axes.isEmpty, lengths.count == axes.count else {
      throw TrainerError(
        .invalidConfiguration, "Sequential: the input's shape is \(shape?.text() ?? "missing")")
    }
    return lengths
  }
}
