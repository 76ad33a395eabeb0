public import Checkpoint

/// What `fit` reported for each epoch. After `History` of https://keras.io/api/callbacks.
public struct History: Sendable, Hashable {
  /// The epochs, counted from 0, as in Keras.
  public private(set) var epochs: [Int] = []
  /// For each epoch its values.
  public private(set) var logs: [Logs] = []

  /// Of no epochs.
  public init() {}

  /// The values of one name, one per epoch, as `history.history[name]` in Keras; empty if there is
  /// none of that name. "acc" and "accuracy" stand for each other.
  public subscript(name: String) -> [Double] { logs.compactMap { $0[name] } }

  /// Adds an epoch.
  mutating func append(epoch: Int, _ logs: Logs) {
    epochs.append(epoch)
    self.logs.append(logs)
  }

  /// Gives the last epoch other values.
  mutating func replaceLast(with logs: Logs) {
    if let last = self.logs.indices.last { self.logs[last] = logs }
  }

  /// `{"epoch": [0, 1], "history": {"loss": [2.3, 2.1], …}}`, with numbers as the shortest decimals
  /// that read back to the same bits, and NaN and the infinities as strings.
  public var json: JSONValue {
    var columns = JSONObject()
    // An epoch may lack values that others have: validation can begin with a resumed run.
    for name in logs.flatMap(\.names) where columns[name] == nil {
      columns[name] = .array(logs.map { $0.value(exactly: name).map { .number($0) } ?? .null })
    }
    return [
      "epoch": .array(epochs.map { .int(Int64($0)) }), "history": .object(columns),
    ]
  }

  /// The inverse of `json`.
  ///
  /// - Throws: `.invalidState` for anything else.
  public init(json: JSONValue) throws(TrainerError) {
    guard let epochs = json["epoch"]?.arrayValue, let columns = json["history"]?.objectValue else {
      throw TrainerError(.invalidState, "the history has no 'epoch' or no 'history'")
    }
    for (row, epoch) in epochs.enumerated() {
      guard let number = epoch.intValue.flatMap({ Int(exactly: $0) }) else {
        throw TrainerError(.invalidState, "the history's epoch \(row) is \(epoch.text())")
      }
      var values: [(String, Double)] = []
      for name in columns.keys {
        guard let cell = columns[name]?[row] else {
          throw TrainerError(.invalidState, "the history has no row \(row) for '\(name)'")
        }
        if cell == .null { continue }
        guard let value = cell.numberValue else {
          throw TrainerError(
            .invalidState, "the history's '\(name)' in row \(row) is \(cell.text())")
        }
        values.append((name, value))
      }
      append(epoch: number, Logs(values))
    }
  }
}
