public import Checkpoint

/// What a checkpoint has of it.
extension ModelCheckpoint {
  /// The best value so far, and how many batches there have been since the last save.
  public var state: JSONValue {
    var state = JSONObject()
    if saveBestOnly {
      state["best"] = best.map { .number($0) } ?? .null
      state["monitor"] = .string(monitor)
    }
    if case .batches = saveFrequency { state["batches"] = .int(Int64(batchesSinceSave)) }
    return state.keys.isEmpty ? .null : .object(state)
  }

  /// Takes back the best value, if it is of the same name.
  ///
  /// - Throws: `.resumeMismatch` if it is of another one, `.invalidState`.
  public func restore(_ state: JSONValue) throws(TrainerError) {
    guard state["monitor"]?.stringValue == (saveBestOnly ? monitor : nil) else {
      throw TrainerError(
        .resumeMismatch,
        "the saved best is that of '\(state["monitor"]?.stringValue ?? "no value")'")
    }
    if state["batches"] != nil {
      batchesSinceSave = try Configuration(state.objectValue ?? [:], of: "ModelCheckpoint").count(
        "batches")
      hasRestoredBatches = true
    }
    restored = saveBestOnly ? state : nil
  }
}
