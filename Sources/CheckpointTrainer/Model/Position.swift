import Checkpoint

/// Where a training stands: what, besides weights and generators, is needed to go on exactly there.
struct Position: Sendable {
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
  /// The running sums of the epoch.
  var sums: BatchSums
  /// Whether a callback has asked for the end of training.
  var stops: Bool
  /// For each callback what is saved of it.
  var callbackStates: [CallbackState]
  /// What the order of the samples follows from, together with the generator.
  var sampleCount: Int
  var batchSize: Int
  var shuffles: Bool

  /// What is saved of a callback.
  struct CallbackState: Sendable {
    var className: String
    var state: JSONValue
    /// What is too large for the state, by name.
    var tensors: [String: Tensor] = [:]
    /// Whether it has been told of the event. Otherwise it is told on resuming: had the process lived,
    /// it would have been.
    var isTold: Bool
  }
}

extension Position {
  var json: JSONValue {
    [
      "event": .string(event.rawValue), "epoch": .int(Int64(epoch)), "batch": .int(Int64(batch)),
      "stop": .bool(stops),
      "sums": [
        "loss": .number(sums.lossSum), "samples": .int(Int64(sums.sampleCount)),
        "metrics": .array(sums.metricStates.map { .array($0.map { .number($0) }) }),
      ],
      "callbacks": .array(
        callbackStates.map {
          ["class_name": .string($0.className), "state": $0.state, "told": .bool($0.isTold)]
        }),
      "samples": .int(Int64(sampleCount)), "batch_size": .int(Int64(batchSize)),
      "shuffle": .bool(shuffles),
    ]
  }

  /// The inverse of `json`.
  ///
  /// - Parameter tensors: of a checkpoint, those of callbacks among them.
  /// - Throws: `.invalidConfiguration`, `.invalidState`.
  init(json: JSONValue, tensors: [String: Tensor]) throws(TrainerError) {
    let members = Configuration(json.objectValue ?? [:], of: "position")
    guard let event = Event(rawValue: try members.string("event")) else {
      throw TrainerError(.invalidState, "position: unknown 'event'")
    }
    self.event = event
    epoch = try members.count("epoch")
    batch = try members.count("batch")
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
    // Checkpoints of before there was "told" have the number of those told, which are the first.
    let toldCount = members["told_callbacks"] == nil ? Int.max : try members.count("told_callbacks")
    for (index, callback) in try members.array("callbacks").enumerated() {
      let callback = Configuration(callback.objectValue ?? [:], of: "position")
      let prefix = Position.tensorPrefix(ofCallback: index)
      var own: [String: Tensor] = [:]
      for (name, tensor) in tensors where name.hasPrefix(prefix) {
        own[String(name.dropFirst(prefix.count))] = tensor
      }
      callbackStates.append(
        CallbackState(
          className: try callback.string("class_name"), state: callback["state"] ?? .null,
          tensors: own, isTold: try callback.bool("told", or: index < toldCount)))
    }
  }

  /// What the names of a callback's tensors begin with in a checkpoint.
  private static func tensorPrefix(ofCallback index: Int) -> String { "callback/\(index)/" }

  /// The callbacks' tensors, by their names in a checkpoint.
  var callbackTensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (index, callback) in callbackStates.enumerated() {
      for (name, tensor) in callback.tensors {
        tensors[Position.tensorPrefix(ofCallback: index) + name] = tensor
      }
    }
    return tensors
  }
}
