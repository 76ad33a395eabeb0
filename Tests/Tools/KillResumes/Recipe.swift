import CheckpointTrainer
import Foundation
import SystemPackage

/// A training of a second, with all that could spoil a resume: dropout, shuffling, validation, a short
/// last batch, an optimizer with state; saved every batch or two, so that many kills hit a save.
struct Recipe {
  /// What is trained.
  enum Model: String {
    /// Dense layers.
    case mlp
    /// Small convolutions.
    case cnn
  }

  let directory: FilePath
  private let model: Model

  /// Draws the data and writes the model down.
  init(_ model: Model, in directory: FilePath) throws {
    self.directory = directory
    self.model = model
    try DrawnDigits(trainingCount: 204, validationCount: 40).write(
      to: directory.appending("digits"))
    if model == .cnn {
      try Recipe.convolutions.write(
        toFile: directory.appending("cnn.json").string, atomically: true, encoding: .utf8)
    }
  }

  /// The arguments of `ckpt` for a run in a directory of its own.
  /// - Parameter isReplacing: whether the saves of an epoch replace each other, which goes through a
  ///   temporary file with a name; else each has a file of its own.
  func arguments(run: FilePath, isReplacing: Bool) -> [String] {
    let name = isReplacing ? "epoch-{epoch:02d}.ckpt" : "step-{step:08d}.ckpt"
    let common = [
      "train", "--data", directory.appending("digits").string, "--dir", run.string,
      // All the time that it doesn't train it saves.
      "--policy", "last=2,save=cost:1:0s:1s", "--name", name, "--seed", "7",
    ]
    switch model {
    case .mlp:
      return common + [
        "--model", "mlp", "--hidden", "32,16", "--dropout", "0.3", "--epochs", "6",
        "--batch-size", "8",
      ]
    case .cnn:
      return common + [
        "--model", directory.appending("cnn.json").string, "--epochs", "4", "--batch-size", "16",
      ]
    }
  }

  /// As `model.to_json()` writes it, what is usual left out.
  private static let convolutions = """
    {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
      {"class_name": "InputLayer", "config": {"batch_shape": [null, 28, 28, 1]}},
      {"class_name": "Conv2D",
       "config": {"filters": 4, "kernel_size": [3, 3], "activation": "relu"}},
      {"class_name": "Conv2D",
       "config": {"filters": 8, "kernel_size": [3, 3], "activation": "relu"}},
      {"class_name": "MaxPooling2D", "config": {"pool_size": [2, 2]}},
      {"class_name": "Dropout", "config": {"rate": 0.25}},
      {"class_name": "Flatten", "config": {}},
      {"class_name": "Dense", "config": {"units": 16, "activation": "relu"}},
      {"class_name": "Dropout", "config": {"rate": 0.5}},
      {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]},
     "compile_config": {"optimizer": "adam", "loss": "categorical_crossentropy",
      "metrics": ["accuracy"]}}
    """
}
