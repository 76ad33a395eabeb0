import Checkpoint

/// Where a training stands: what, besides weights and generators, is needed to go on exactly there.
struct Position: Sendable, Hashable {
  /// What happened last.
  enum Event: String, Sendable, Hashable {
    /// A batch ended; `epoch` is the one it is of.
    case batch
    /// An epoch ended, its logs in the history; `epoch` is the next one.
    case epoch
  }

  /// What happened last.
  var event: Event
  /// Epochs completed; the index of the one to go on with.
  var epoch: Int
  /// Batches of that epoch made.
  var batch: Int
  /// How many callbacks have been told of the event. The others are told on resuming: had the
  /// process lived, they would have been.
  var toldCallbacks: Int
  /// The running sums of the epoch.
  var sums: BatchSums
  /// Whether a callback has asked for the end of training.
  var stops: Bool
  /// For each callback its class and its state.
  var callbackStates: [CallbackState]
  /// What the order of the samples follows from, together with the generator.
  var sampleCount: Int
  var batchSize: Int
  var shuffles: Bool

  /// A callback's state.
  struct CallbackState: Sendable, Hashable {
    var className: String
    var state: JSONValue
  }
}

extension Position {
  var json: JSONValue {
    [
      "event": .string(event.rawValue), "epoch": .int(Int64(epoch)), "batch": .int(Int64(batch)),
      "told_callbacks": .int(Int64(toldCallbacks)), "stop": .bool(stops),
      "sums": [
        "loss": .number(sums.lossSum), "samples": .int(Int64(sums.sampleCount)),
        "metrics": .array(sums.metricStates.map { .array($0.map { .number($0) }) }),
      ],
      "callbacks": .array(
        callbackStates.map { ["class_name": .string($0.className), "state": $0.state] }),
      "samples": .int(Int64(sampleCount)), "batch_size": .int(Int64(batchSize)),
      "shuffle": .bool(shuffles),
    ]
  }

  /// - Throws: `.invalidConfiguration`, `.invalidState`.
  init(json: JSONValue) throws(TrainerError) {
    let members = Configuration(json.objectValue ?? [:], of: "position")
    guard let event = Event(rawValue: try members.string("event")) else {
      throw TrainerError(.invalidState, "position: unknown 'event'")
    }
    self.event = event
    epoch = try members.count("epoch")
    batch = try members.count("batch")
    toldCallbacks = try members.count("told_callbacks")
    stops = try members.bool("stop")
    sampleCount = try members.count("samples")
    batchSize = try members.count("batch_size")
    shuffles = try members.bool("shuffle")
    let sums = Configuration(try members.object("sums"), of: "position")
    var metricStates: [[Double]] = []
    for metric in try sums.array("metrics") {
      let numbers = (metric.arrayValue ?? []).map(\.numberValue)
      guard metric.arrayValue != nil, !numbers.contains(nil) else {
        throw TrainerError(.invalidState, "position: a metric's sums are \(metric.text())")
      }
      metricStates.append(numbers.compactMap { $0 })
    }
    self.sums = BatchSums(
      lossSum: try sums.double("loss"), sampleCount: try sums.count("samples"),
      metricStates: metricStates)
    callbackStates = []
    for callback in try members.array("callbacks") {
      let callback = Configuration(callback.objectValue ?? [:], of: "position")
      callbackStates.append(
        CallbackState(
          className: try callback.string("class_name"), state: callback["state"] ?? .null))
    }
  }
}

extension Configuration {
  /// A whole number that isn't negative, and small enough to be counted on from.
  fileprivate func count(_ key: String) throws(TrainerError) -> Int {
    let value = try int(key)
    guard (0..<1 << 53).contains(value) else {
      throw TrainerError(.invalidState, "position: '\(key)' is \(value)")
    }
    return value
  }
}
