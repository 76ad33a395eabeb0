import Checkpoint
import CheckpointTrainer
import Foundation

/// A training that the comparison's script describes: `case.json` with the model in Keras' form, and
/// beside it `x.f32` and `y.f32`, little-endian floats without a header.
struct TrainingCase {
  let model: Sequential
  let inputs: FloatTensor
  let targets: FloatTensor
  let batchSize: Int

  init(folder: URL) throws {
    let bytes = try Data(contentsOf: folder.appending(path: "case.json"))
    let json = try JSONValue.parse(String(decoding: bytes, as: UTF8.self))
    let inputShape = try Self.integers(json, "input_shape")
    let samples = try Self.integers(json, "samples")
    batchSize = try Self.integers(json, "batch_size")[0]
    inputs = FloatTensor(
      try Self.floats(folder.appending(path: "x.f32")), shape: samples + inputShape)
    targets = FloatTensor(
      try Self.floats(folder.appending(path: "y.f32")),
      shape: samples + (try Self.integers(json, "target_shape")))

    let classes = ClassRegistry.standard
    var layers: [any Layer] = []
    for layer in json["model"]?["config"]?["layers"]?.arrayValue ?? []
    where layer["class_name"]?.stringValue != "InputLayer" {
      layers.append(try classes.layer(layer))
    }
    model = try Sequential(layers, inputShape: inputShape, seed: 1)
    model.compile(
      optimizer: try classes.optimizer(json["optimizer"] ?? .null),
      loss: try classes.loss(json["loss"] ?? .null),
      metrics: [Accuracy()])
  }

  /// Trains for some epochs; what is returned is each one's time.
  func train(epochs: Int) throws -> EpochClock {
    let clock = EpochClock()
    try model.fit(
      inputs, targets, batchSize: batchSize, epochs: epochs, verbose: .silent, callbacks: [clock])
    return clock
  }

  private static func integers(_ json: JSONValue, _ key: String) throws -> [Int] {
    let values = json[key]?.arrayValue ?? json[key].map { [$0] } ?? []
    guard !values.isEmpty else { throw MissingKey(key: key) }
    return values.compactMap { $0.intValue.map { Int($0) } }
  }

  private static func floats(_ file: URL) throws -> [Float] {
    try Data(contentsOf: file).withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 3, by: 4).map {
        Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
        )
      }
    }
  }

  /// `case.json` lacks something.
  struct MissingKey: Error, CustomStringConvertible {
    let key: String
    var description: String { "case.json has no '\(key)'" }
  }
}
