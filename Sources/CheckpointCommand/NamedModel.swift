internal import Checkpoint

/// The models that `ckpt train` knows by name, as Keras describes models: data, not code.
enum NamedModel: String, CaseIterable, Sendable {
  /// Dense layers, as many as wanted.
  case mlp
  /// Two convolutions, for images.
  case cnn
  /// Eight numbers in, yes or no out: for the table of diabetes in Pima women.
  case pima

  /// The architecture with its `compile_config`.
  ///
  /// - Parameters:
  ///   - sampleShape: the shape of one sample as the data have it.
  ///   - hiddenUnits: of `mlp`'s hidden layers.
  ///   - dropout: the share of hidden units of `mlp` that is left out in training.
  func document(
    sampleShape: [Int], classCount: Int, hiddenUnits: [Int], dropout: Float
  ) -> JSONValue {
    let classes = Int64(classCount)
    switch self {
    case .mlp:
      var layers: [JSONValue] = []
      for units in hiddenUnits {
        layers.append(NamedModel.dense(Int64(units), "relu"))
        if dropout > 0 { layers.append(NamedModel.dropout(Double("\(dropout)") ?? 0)) }
      }
      layers.append(NamedModel.dense(classes, "softmax"))
      return NamedModel.sequential(
        [Int64(sampleShape.reduce(1, *))], layers, optimizer: "rmsprop",
        loss: "categorical_crossentropy", metric: "acc")
    case .cnn:
      return NamedModel.sequential(
        [28, 28, 1],
        [
          NamedModel.convolution(32), NamedModel.convolution(64), NamedModel.pooling,
          NamedModel.dropout(0.25), NamedModel.layer("Flatten"), NamedModel.dense(128, "relu"),
          NamedModel.dropout(0.5), NamedModel.dense(classes, "softmax"),
        ], optimizer: "adam", loss: "categorical_crossentropy", metric: "accuracy")
    case .pima:
      return NamedModel.sequential(
        [8],
        [
          NamedModel.dense(12, "relu"), NamedModel.dense(8, "relu"),
          NamedModel.dense(1, "sigmoid"),
        ], optimizer: "adam", loss: "binary_crossentropy", metric: "accuracy")
    }
  }

  /// Epochs, if nobody says how many.
  var epochs: Int {
    switch self {
    case .mlp: 10
    case .cnn: 12
    case .pima: 150
    }
  }

  /// Samples per step, if nobody says how many.
  var batchSize: Int {
    switch self {
    case .mlp: 32
    case .cnn: 128
    case .pima: 10
    }
  }

  // MARK: Keras' words

  private static func sequential(
    _ inputShape: [Int64], _ layers: [JSONValue], optimizer: String, loss: String, metric: String
  ) -> JSONValue {
    let batchShape = JSONValue.array([.null] + inputShape.map { .int($0) })
    return [
      "class_name": "Sequential",
      "config": [
        "name": "sequential",
        "layers": .array([layer("InputLayer", ["batch_shape": batchShape])] + layers),
      ],
      "compile_config": [
        "optimizer": .string(optimizer), "loss": .string(loss), "metrics": [.string(metric)],
      ],
    ]
  }

  private static func layer(_ className: String, _ config: JSONObject = [:]) -> JSONValue {
    ["class_name": .string(className), "config": .object(config)]
  }

  private static func dense(_ units: Int64, _ activation: String) -> JSONValue {
    layer("Dense", ["units": .int(units), "activation": .string(activation)])
  }

  private static func dropout(_ rate: Double) -> JSONValue {
    layer("Dropout", ["rate": .double(rate)])
  }

  private static func convolution(_ filters: Int64) -> JSONValue {
    layer(
      "Conv2D", ["filters": .int(filters), "kernel_size": [3, 3], "activation": "relu"])
  }

  private static var pooling: JSONValue { layer("MaxPooling2D", ["pool_size": [2, 2]]) }
}
