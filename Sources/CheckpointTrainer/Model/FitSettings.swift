import Checkpoint

/// What `fit` was asked for, apart from the data.
struct FitSettings {
  var batchSize: Int
  var epochs: Int
  var shuffles: Bool
  var initialEpoch: Int?
  var verbosity: Verbosity
  var callbacks: [any Callback]
  var store: CheckpointStore?
  var console: Console
  /// Signals to stop on, if any.
  var stopSignal: StopSignal?

  /// The part that goes into the record.
  var config: JSONObject {
    [
      "batch_size": .int(Int64(batchSize)), "epochs": .int(Int64(epochs)),
      "shuffle": .bool(shuffles), "initial_epoch": .int(Int64(initialEpoch ?? 0)),
    ]
  }
}
