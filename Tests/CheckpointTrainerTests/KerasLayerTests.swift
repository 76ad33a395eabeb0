import Checkpoint
import CheckpointTrainer
import Testing

@Suite("Keras' layers")
struct KerasLayerTests {
  /// Absolute, with room for sums of many products.
  static let tolerance: Float = 1e-5

  @Test("compute the reference's outputs and gradients")
  func layers() throws {
    let tensors = try SafetensorsFixture("keras-golden/layers.safetensors")
    let json = try jsonFixture("keras-golden/layers.json")
    let entries = try #require(json["entries"]?.arrayValue)
    #expect(entries.count == 14)
    for entry in entries {
      let name = try #require(entry["name"]?.stringValue)
      let layer = try ClassRegistry.standard.layer(
        ["class_name": entry["type"] ?? nil, "config": entry["config"] ?? nil])
      let inputs = try tensors.tensor(name + "/x")
      let variables = layer.variables(for: Array(inputs.shape.dropFirst()))
      let outputs = try tensors.tensor(name + "/y")
      #expect(
        try layer.outputShape(for: Array(inputs.shape.dropFirst()))
          == Array(outputs.shape.dropFirst()))
      let values = try variables.map { try tensors.tensor("\(name)/\($0.name)") }
      #expect(values.map(\.shape) == variables.map(\.shape), "\(name)")

      let ours = run(layer, inputs, values, direction: try tensors.tensor(name + "/dy"))

      expectClose(ours.outputs, outputs, "\(name)/y")
      expectClose(
        try #require(ours.gradients.inputs), try tensors.tensor(name + "/dx"), "\(name)/dx")
      for (gradient, variable) in zip(ours.gradients.variables, variables) {
        expectClose(
          gradient, try tensors.tensor("\(name)/d\(variable.name)"), "\(name)/d\(variable.name)")
      }
    }
  }

  private func expectClose(_ ours: FloatTensor, _ theirs: FloatTensor, _ what: String) {
    #expect(ours.shape == theirs.shape, "\(what)")
    let worst = zip(ours.elements, theirs.elements).map { abs($0 - $1) }.max() ?? .nan
    #expect(worst <= KerasLayerTests.tolerance, "\(what)")
  }
}
