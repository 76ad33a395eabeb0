internal import Checkpoint

extension CheckpointSummary {
  /// For `--json`.
  var json: JSONValue {
    [
      "sequence": .count(sequence), "step": .optional(step), "epoch": .optional(epoch),
      "wallTime": .string(wallTime.description),
      "runID": runID == .none ? .null : .string(runID.description),
      "metrics": .object(metricsJSON),
      "pendingMetrics": .strings(pendingMetrics.sorted()), "tags": .strings(tags.sorted()),
      "logicalBytes": .count(logicalBytes), "storedBytes": .count(storedBytes),
      "tensorCount": .count(tensorCount), "chunkCount": .count(chunkCount),
      "nonFiniteCount": .count(nonFiniteCount),
    ]
  }

  private var metricsJSON: JSONObject {
    var object = JSONObject()
    for (name, value) in metrics.sorted(by: { $0.key < $1.key }) { object[name] = .number(value) }
    return object
  }
}
