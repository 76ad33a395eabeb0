import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite("The layout of PyTorch")
struct TorchLayoutTests {
  private func layer(_ className: String, _ config: JSONObject) -> JSONValue {
    ["class_name": .string(className), "config": .object(config)]
  }

  private func architecture(_ input: [Int], _ layers: [JSONValue]) -> JSONValue {
    let shape = JSONValue.array([.null] + input.map { .int(Int64($0)) })
    let input = layer("InputLayer", ["batch_shape": shape, "name": "input"])
    return ["class_name": "Sequential", "config": ["layers": .array([input] + layers)]]
  }

  private func counted(_ name: String, _ shape: [Int]) throws -> StreamedTensor {
    try StreamedTensor(name, (0..<shape.reduce(1, *)).map { Float($0) }, shape)
  }

  @Test("layers and activations are counted as modules; kernels are transposed")
  func dense() throws {
    var state = ExchangeState(tensors: [
      try counted("model/a/bias", [3]), try counted("model/a/kernel", [2, 3]),
      try counted("model/b/kernel", [3, 1]), try counted("optimizer/a/kernel/velocity", [2, 3]),
    ])
    state.checkpoint.step = 7
    state.checkpoint.documents["architecture"] = architecture(
      [2],
      [
        layer("Dense", ["name": "a", "units": 3, "activation": "relu"]),
        layer("Dropout", ["name": "d", "rate": 0.25]),
        layer("Dense", ["name": "b", "units": 1, "activation": "sigmoid", "use_bias": false]),
      ])
    let result = try TorchLayout.apply(to: state)
    #expect(result.tensors.map(\.name) == ["0.weight", "0.bias", "3.weight"])
    #expect(result.tensors.map(\.shape) == [[3, 2], [3], [1, 3]])
    #expect(try result.tensors[0].elements(Float.self) == [0, 3, 1, 4, 2, 5])
    #expect(try result.tensors[1].elements(Float.self) == [0, 1, 2])
    #expect(result.losses.count == 1)
    #expect(result.checkpoint.step == 7)
    #expect(
      result.checkpoint.documents == [
        "safetensors-metadata": [
          "format": "pt",
          "modules": """
          torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Dropout(0.25), \
          torch.nn.Linear(3, 1, bias=False), torch.nn.Sigmoid())
          """,
        ]
      ])
  }

  @Test("images: channels come first, in kernels and behind Flatten")
  func images() throws {
    // 6 × 5 × 2, to 4 × 4 × 3 (a window of 3 × 2), to 2 × 2 × 3, to 12 numbers.
    var state = ExchangeState(tensors: [
      try counted("model/c/kernel", [3, 2, 2, 3]), try counted("model/c/bias", [3]),
      try counted("model/d/kernel", [12, 2]), try counted("model/d/bias", [2]),
      try counted("model/e/kernel", [2, 2]), try counted("model/e/bias", [2]),
    ])
    state.checkpoint.documents["architecture"] = architecture(
      [6, 5, 2],
      [
        layer("Conv2D", ["name": "c", "filters": 3, "kernel_size": [3, 2], "padding": "valid"]),
        layer("MaxPooling2D", ["name": "p", "pool_size": [2, 2], "strides": nil]),
        layer("Flatten", ["name": "f"]),
        layer("Dropout", ["name": "o", "rate": 0.5]),
        layer("Dense", ["name": "d", "units": 2]),
        layer("Dense", ["name": "e", "units": 2]),
      ])
    let result = try TorchLayout.apply(to: state, budgetBytes: 64)
    #expect(
      result.tensors.map(\.name) == [
        "0.weight", "0.bias", "4.weight", "4.bias", "5.weight", "5.bias",
      ])
    #expect(result.tensors[0].shape == [3, 2, 3, 2])
    var kernel: [Float] = []
    for output in 0..<3 {
      for input in 0..<2 {
        for y in 0..<3 {
          for x in 0..<2 { kernel.append(Float(((y * 2 + x) * 2 + input) * 3 + output)) }
        }
      }
    }
    #expect(try result.tensors[0].elements(Float.self) == kernel)
    var weight: [Float] = []
    for output in 0..<2 {
      for channel in 0..<3 {
        for place in 0..<4 { weight.append(Float((place * 3 + channel) * 2 + output)) }
      }
    }
    #expect(result.tensors[2].shape == [2, 12])
    #expect(try result.tensors[2].elements(Float.self) == weight)
    #expect(try result.tensors[4].elements(Float.self) == [0, 2, 1, 3])
  }

  @Test("what isn't known, or doesn't fit, is refused by name")
  func refused() throws {
    let dense = layer("Dense", ["name": "a", "units": 3])
    let wrong: [JSONValue] = [
      [:], architecture([2], [layer("LSTM", ["name": "l"])]), architecture([4, 4, 1], [dense]),
      architecture([2], [layer("Dense", ["name": "a", "units": -1])]),
      architecture(
        [2, 2, 1], [layer("Conv2D", ["name": "a", "filters": 1, "kernel_size": [3, 3]])]),
      ["class_name": "Functional", "config": ["layers": []]],
      // The tensor has another shape.
      architecture([4], [dense]),
    ]
    for architecture in wrong {
      var state = ExchangeState(tensors: [try counted("model/a/kernel", [2, 3])])
      state.checkpoint.documents["architecture"] = architecture
      #expect(throws: CheckpointError.self) { try TorchLayout.apply(to: state) }
    }
    #expect(throws: CheckpointError.self) { try TorchLayout.apply(to: ExchangeState()) }
  }
}
