internal import Checkpoint

/// A model in Keras' form, and what its variables are called on both sides: in Keras' file of weights
/// `layers/dense_1/vars/0` and `optimizer/vars/7`, in a checkpoint `model/output/kernel` and
/// `optimizer/output/kernel/momentum`.
struct KerasModel {
  /// A variable's two names.
  struct Variable {
    let dataset: String
    let tensor: String
  }

  let isSequential: Bool
  let layers: [KerasLayer]
  /// Of layers whose variables are known, in Keras' order.
  let weights: [Variable]
  /// The optimizer's; nil if they can't be told by name.
  let optimizer: [Variable]?

  /// The model that `architecture` describes; nil if it describes none that has layers.
  /// - Parameter compileConfig: Keras' `compile_config`.
  init?(_ architecture: JSONValue, compileConfig: JSONValue?) {
    guard let list = architecture["config"]?["layers"]?.arrayValue else { return nil }
    isSequential = architecture["class_name"] == "Sequential"
    var counts: [String: Int] = [:]
    var layers: [KerasLayer] = []
    for json in list {
      // A sequential model keeps its input apart.
      if isSequential, json["class_name"] == "InputLayer" { continue }
      let kind = KerasLayer.snakeCase(json["class_name"]?.stringValue ?? "")
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      guard let layer = KerasLayer(json, path: count == 0 ? kind : "\(kind)_\(count)") else {
        return nil
      }
      layers.append(layer)
    }
    self.layers = layers
    weights = layers.flatMap { layer in
      (layer.variables ?? []).enumerated().map { number, variable in
        Variable(
          dataset: "layers/\(layer.path)/vars/\(number)",
          tensor: "model/\(layer.name)/\(variable)")
      }
    }
    let trained = layers.filter { $0.isTrainable }
    guard layers.allSatisfy({ $0.variables != nil }),
      let own = compileConfig?["optimizer"].flatMap({ KerasOptimizer($0) })
    else {
      optimizer = nil
      return
    }
    let names = trained.flatMap { layer in
      (layer.variables ?? []).map { "\(layer.name)/\($0)" }
    }
    optimizer = own.variableNames(for: names).enumerated().map { number, name in
      Variable(dataset: "optimizer/vars/\(number)", tensor: "optimizer/\(name)")
    }
  }

  /// Groups that Keras up to 3.3.3 wants even where nothing is in them.
  var groups: [[String]] { [["vars"]] + layers.map { ["layers", $0.path, "vars"] } }
}
