import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Models from Keras' description")
struct SequentialConfigTests {
  /// As Keras 3 writes it, in what matters here.
  static let keras = """
    {"module": "keras", "class_name": "Sequential", "config": {"name": "tables", "trainable": true,
     "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}},
     "layers": [
      {"module": "keras.layers", "class_name": "InputLayer",
       "config": {"batch_shape": [null, 8], "dtype": "float32", "name": "input_layer"}},
      {"module": "keras.layers", "class_name": "Dense", "config": {"name": "first", "units": 12,
       "activation": "relu", "use_bias": true, "kernel_initializer": {"module":
       "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}},
       "kernel_regularizer": null}},
      {"module": "keras.layers", "class_name": "Dropout", "config": {"rate": 0.25, "seed": null}},
      {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3,
       "activation": "softmax"}}]},
     "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config":
      {"learning_rate": 0.10000000149011612, "momentum": 0.5}}, "loss":
      "sparse_categorical_crossentropy", "loss_weights": null, "metrics": [["acc"]]}}
    """

  private func model(_ text: String, inputShape: [Int]? = nil) throws -> Sequential {
    try Sequential(config: try JSONValue.parse(text), inputShape: inputShape, seed: 1)
  }

  @Test("are built and compiled")
  func complete() throws {
    let model = try model(Self.keras)
    #expect(model.name == "tables")
    #expect(model.layers.map(\.name) == ["first", "dropout", "dense"])
    #expect(model.inputShape == [8] && model.outputShape == [3])
    #expect(model.learningRate == 0.1)
    #expect(model.lossName == "sparse_categorical_crossentropy")
    #expect(model.metricNames == ["acc"])
    // The same numbers as of a model written in code.
    let written = try Sequential(
      [
        Dense(12, activation: .relu, name: "first"), Dropout(0.25),
        Dense(3, activation: .softmax),
      ], inputShape: [8], seed: 1)
    #expect(model.weights.map(\.value) == written.weights.map(\.value))
  }

  @Test(
    "that ask for another training than there is here are refused, not trained otherwise",
    arguments: [
      (#""units": 12,"#, #""units": 12, "trainable": false,"#, "Dense: 'trainable'"),
      (#""units": 12,"#, #""units": 12, "dtype": "float64","#, "Dense: 'dtype'"),
      (
        #""rate": 0.25,"#,
        #""rate": 0.25, "dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}},"#,
        "Dropout: 'dtype'"
      ),
      (#""rate": 0.25,"#, #""rate": 0.25, "noise_shape": [null, 1],"#, "Dropout: 'noise_shape'"),
      (#""units": 12,"#, #""units": 12, "lora_rank": 2,"#, "Dense: 'lora_rank'"),
      (
        #""loss_weights": null"#, #""loss_weights": [2.0]"#, "compile_config: 'loss_weights'"
      ),
      (
        #""loss_weights": null"#, #""weighted_metrics": ["mse"]"#,
        "compile_config: 'weighted_metrics'"
      ),
    ])
  func otherTraining(written: String, instead: String, named: String) throws {
    #expect(Self.keras.contains(written))
    #expect {
      try model(Self.keras.replacing(written, with: instead))
    } throws: { error in
      (error as? TrainerError)?.code == .invalidConfiguration && "\(error)".hasPrefix(named)
    }
    // What changes nothing is taken.
    let harmless = Self.keras.replacing(
      #""rate": 0.25,"#,
      with:
        #""rate": 0.25, "noise_shape": null, "trainable": true, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}},"#
    )
    _ = try model(harmless.replacing(#""loss_weights": null"#, with: #""weighted_metrics": []"#))
  }

  @Test("a checkpoint's architecture is one")
  func roundTrip() throws {
    let first = try model(Self.keras)
    let architecture = try #require(try first.checkpoint().documents["architecture"])
    let second = try Sequential(config: architecture, seed: 1)
    #expect(try second.checkpoint().documents["architecture"] == architecture)
    #expect(!second.isCompiled)
  }

  @Test("the shape of a sample: of the first layer, as it used to be; of build_config; given")
  func shapes() throws {
    let dense = #"{"class_name": "Dense", "config": {"units": 2"#
    let open = #"{"class_name": "Sequential", "config": {"layers": ["#
    #expect(
      try model(open + dense + #", "batch_input_shape": [null, 5]}}]}}"#).inputShape == [5])
    #expect(
      try model(open + dense + #"}}]}, "build_config": {"input_shape": [null, 6]}}"#).inputShape
        == [6])
    #expect(try model(open + dense + "}}]}}", inputShape: [7]).inputShape == [7])
    #expect(try model(open + dense + "}}]}}").inputShape == nil)
  }

  @Test(
    "that can't be had are refused in one line",
    arguments: [
      ("[]", "only Sequential is read"),
      (#"{"class_name": "Functional", "config": {}}"#, "the model is a 'Functional'"),
      (#"{"class_name": "Sequential", "config": {}}"#, "'layers' is missing"),
      (layers(#"{"class_name": "LSTM", "config": {}}"#), "no layer is called 'LSTM', there are"),
      (layers(#"{"class_name": "Dense", "config": {}}"#), "Dense: 'units' is missing"),
      (layers(#"{"config": {}}"#), "a layer without 'class_name'"),
      (
        layers(#"{"class_name": "Dense", "config": {"units": 9000000000000000000}}"#),
        "a kernel of the shape [8, 9000000000000000000]: a model may have"
      ),
      (
        layers(#"{"class_name": "Dense", "config": {"units": 1000000000, "name": "big"}}"#),
        "the Dense layer 'big' has a kernel"
      ),
    ])
  func refusals(_ text: String, _ message: String) {
    #expect {
      try model(text, inputShape: [8])
    } throws: { error in
      error is TrainerError && "\(error)".contains(message) && !"\(error)".contains("\n")
    }
  }

  private static func layers(_ text: String) -> String {
    #"{"class_name": "Sequential", "config": {"layers": [\#(text)]}}"#
  }
}
