import Checkpoint
import CheckpointTrainer
import Foundation
import Testing

/// A training that `Tests/Conformance/keras_cases.py` drew and had Keras make.
struct KerasCase {
  private let url: URL
  let json: JSONValue
  let tensors: SafetensorsFixture

  /// - Parameter url: of the JSON file; the tensors are beside it.
  init(contentsOf url: URL) throws {
    self.url = url
    json = try JSONValue.parse(utf8: [UInt8](Data(contentsOf: url)))
    tensors = try SafetensorsFixture(
      contentsOf: url.deletingPathExtension().appendingPathExtension("safetensors"))
  }

  /// The cases of a directory, in order.
  static func files(in directory: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: directory), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
  }

  /// Trains as Keras did, and says what differs.
  ///
  /// - Returns: one sentence for each difference; none if all is the same.
  func differences(within tolerance: Double) throws -> [String] {
    let fit = try json.member("fit")
    let model = try Sequential(config: json.member("model"), seed: 1)
    var weights: [String: FloatTensor] = [:]
    for (name, _) in model.weights { weights[name] = try tensors.tensor("init/" + name) }
    try model.setWeights(weights)
    let x = try tensors.tensor("x")
    let y = try tensors.tensor("y")
    let validation =
      tensors.names.contains("val_x")
      ? (try tensors.tensor("val_x"), try tensors.tensor("val_y")) : nil

    let history = try model.fit(
      x, y, batchSize: Int(try #require(fit["batch_size"]?.intValue)),
      epochs: Int(try #require(fit["epochs"]?.intValue)), verbose: .silent,
      callbacks: try #require(fit["callbacks"]?.arrayValue).map(KerasCase.callback),
      validationSplit: try #require(fit["validation_split"]?.numberValue),
      validationData: validation, shuffle: false, console: Console(isTerminal: false) { _ in })

    var found: [String] = []
    func compare(_ ours: [Double], _ theirs: [Double], _ what: String) {
      let worst = zip(ours, theirs).map { $0.isNaN && $1.isNaN ? 0 : abs($0 - $1) }
        .max { !($1 < $0) || $1.isNaN }
      if ours.count != theirs.count {
        found.append("\(what): \(ours.count) instead of \(theirs.count)")
      } else if let worst, !(worst <= tolerance) {
        found.append("\(what): \(ours.prefix(6)) instead of \(theirs.prefix(6)), by \(worst)")
      }
    }
    let names = try #require(json["history_names"]?.arrayValue).compactMap(\.stringValue)
    if history.logs.first?.names != names {
      found.append("names: \(history.logs.first?.names ?? []) instead of \(names)")
    }
    if history.epochs.map(Int64.init)
      != json["epochs"]?.arrayValue?.compactMap({ $0.intValue })
    {
      found.append("epochs: \(history.epochs)")
    }
    for name in names {
      compare(history[name], try numbers(json["history"]?[name]), "history of \(name)")
    }
    for (name, value) in model.weights {
      let theirs = try tensors.tensor("final/" + name)
      if value.shape != theirs.shape { found.append("\(name): \(value.shape)") }
      compare(value.elements.map(Double.init), theirs.elements.map(Double.init), name)
    }
    let batchSize = Int(try #require(fit["predict_batch_size"]?.intValue))
    let predictions = try tensors.tensor("predictions")
    let ours = try model.predict(x, batchSize: batchSize)
    if ours.shape != predictions.shape { found.append("predictions: \(ours.shape)") }
    compare(
      ours.elements.map(Double.init), predictions.elements.map(Double.init), "predictions")
    let evaluation = try model.evaluate(x, y, batchSize: batchSize)
    for name in try #require(json["evaluation"]?.objectValue).keys {
      compare(
        [evaluation[name] ?? .infinity],
        [json["evaluation"]?[name]?.numberValue ?? .nan], "evaluation of \(name)")
    }
    try write(model)
    return found + (try summaryDifferences(model))
  }

  /// Writes the model as a checkpoint describes it, for Keras to build.
  private func write(_ model: Sequential) throws {
    let documents = try model.checkpoint().documents
    let text: JSONValue = [
      "architecture": try #require(documents["architecture"]),
      "compile_config": try #require(documents["training"]?["compile_config"]),
    ]
    try Data(text.text().utf8).write(
      to: url.deletingPathExtension().appendingPathExtension("ours"))
  }

  /// Layers, shapes and numbers of weights, as Keras' table has them.
  private func summaryDifferences(_ model: Sequential) throws -> [String] {
    let lines = model.summary().split(separator: "\n").map(String.init)
    return try #require(json["summary"]?.arrayValue).compactMap { row in
      let cells = (row.arrayValue ?? []).compactMap(\.stringValue)
      let found = lines.contains { line in
        line.hasPrefix(cells[0] + " ") && line.contains(" \(cells[1]) ")
          && line.hasSuffix(" " + cells[2])
      }
      return found ? nil : "summary: no row \(cells)"
    }
  }

  private func numbers(_ value: JSONValue?) throws -> [Double] {
    try #require(value?.arrayValue).map { $0.doubleValue ?? .nan }
  }

  private static func callback(_ json: JSONValue) throws -> any Callback {
    func number(_ key: String) throws -> Double { try #require(json[key]?.numberValue) }
    let monitor = json["monitor"]?.stringValue ?? ""
    switch json["class"]?.stringValue {
    case "EarlyStopping":
      return EarlyStopping(
        monitor: monitor, minDelta: try number("min_delta"), patience: Int(try number("patience")),
        baseline: json["baseline"]?.numberValue,
        restoreBestWeights: json["restore_best_weights"]?.boolValue ?? false,
        startFromEpoch: Int(try number("start_from_epoch")))
    case "ReduceLROnPlateau":
      return ReduceLROnPlateau(
        monitor: monitor, factor: try number("factor"), patience: Int(try number("patience")),
        minDelta: try number("min_delta"), cooldown: Int(try number("cooldown")),
        minLearningRate: try number("min_lr"))
    case "LearningRateScheduler":
      let (factor, first) = (try number("factor"), Int(try number("from_epoch")))
      return LearningRateScheduler { epoch, rate in epoch >= first ? rate * factor : rate }
    default: throw TrainerError(.unknownClass, "no callback: \(json.text())")
    }
  }
}
