import Checkpoint
import CheckpointTrainer
import Testing

@testable import CheckpointExchange

@Suite struct KerasNamesTests {
  @Test(
    "Classes are written in Keras' snake case",
    arguments: [
      ("Dense", "dense"), ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"),
      ("LeakyReLU", "leaky_re_lu"), ("InputLayer", "input_layer"), ("LSTM", "lstm"),
      ("GRUCell", "gru_cell"), ("BatchNormalization", "batch_normalization"),
      ("Conv2DTranspose", "conv2d_transpose"), ("ReLU", "re_lu"), ("PReLU", "p_re_lu"),
      ("SeparableConv1D", "separable_conv1d"), ("My_Layer", "my__layer"),
    ])
  func snakeCase(className: String, expected: String) {
    #expect(KerasLayer.snakeCase(className) == expected)
  }

  @Test("Optimizers' variables are listed as the trainer, and Keras, list them")
  func optimizerOrder() throws {
    let schedule = ExponentialDecay(initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5)
    let optimizers: [any Optimizer] = [
      SGD(), SGD(momentum: 0.9), SGD(momentum: 0.9, nesterov: true), SGD(learningRate: schedule),
      RMSprop(), RMSprop(momentum: 0.5), RMSprop(centered: true),
      RMSprop(momentum: 0.5, centered: true), RMSprop(learningRate: schedule), Adam(),
      Adam(amsgrad: true), Adam(learningRate: schedule, amsgrad: true),
    ]
    for optimizer in optimizers {
      let model = try Sequential(
        [Dense(3), ActivationLayer(.relu), Dense(2, usesBias: false), Dense(2)], inputShape: [4],
        seed: 1)
      model.compile(optimizer: optimizer, loss: MeanSquaredError())
      let checkpoint = try model.checkpoint()
      let architecture = try #require(checkpoint.documents["architecture"])
      let compileConfig = KerasArchive.compileConfig(checkpoint)
      let own = try #require(KerasModel(architecture, compileConfig: compileConfig))
      let names = try #require(own.optimizer)
      #expect(
        names.map(\.tensor) == model.optimizerVariableNames.map { "optimizer/" + $0 },
        "\(optimizer)")
      #expect(names.map(\.dataset) == names.indices.map { "optimizer/vars/\($0)" })
      // All of them are there.
      #expect(Set(names.map(\.tensor)).isSubset(of: checkpoint.tensors.keys))
      let archive = try kerasArchive(ExchangeState(holding: checkpoint))
      #expect(try readKeras(archive).loaded() == checkpoint)
    }
  }

  @Test func layersOfOneClassAreCounted() throws {
    func layer(_ className: String, _ name: String) -> JSONValue {
      ["class_name": .string(className), "config": ["name": .string(name)]]
    }
    let model = try #require(
      KerasModel(
        [
          "class_name": "Sequential",
          "config": [
            "layers": [
              layer("InputLayer", "in"), layer("Dense", "z"), layer("LSTM", "y"),
              layer("Dense", "x"), layer("Dense", "dense"),
            ]
          ],
        ], compileConfig: nil))
    #expect(model.layers.map(\.path) == ["dense", "lstm", "dense_1", "dense_2"])
    #expect(
      model.weights.map { "\($0.dataset) \($0.tensor)" } == [
        "layers/dense/vars/0 model/z/kernel", "layers/dense/vars/1 model/z/bias",
        "layers/dense_1/vars/0 model/x/kernel", "layers/dense_1/vars/1 model/x/bias",
        "layers/dense_2/vars/0 model/dense/kernel", "layers/dense_2/vars/1 model/dense/bias",
      ])
  }
}
