internal import Checkpoint

/// The members of a `.keras` archive, and limits of what is read of them at once.
enum KerasArchive {
  static let metadata = "metadata.json"
  static let config = "config.json"
  static let weights = "model.weights.h5"
  /// What Keras has no place for; it passes over members it doesn't know.
  static let notes = "ckpt.json"
  /// The group of tensors that Keras has no place for.
  static let otherTensors = "ckpt"

  static let configLimit = 64 << 20
  static let notesLimit = 128 << 20
  /// Deflated weights are unpacked in memory.
  static let deflatedLimit = 512 << 20

  /// The oldest version that reads what is written.
  static let kerasVersion = "3.0.0"

  /// Keras' `compile_config` of a checkpoint.
  static func compileConfig(_ checkpoint: Checkpoint) -> JSONValue? {
    checkpoint.documents["training"]?["compile_config"]
  }
}
