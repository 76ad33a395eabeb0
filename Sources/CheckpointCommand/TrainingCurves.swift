internal import Checkpoint
internal import CheckpointTrainer
internal import SystemPackage

/// What a training run reported epoch by epoch, and where its checkpoints stand.
struct TrainingCurves {
  /// A checkpoint beside the curves.
  struct Mark {
    var fileName: String
    var path: FilePath
    var step: UInt64?
    var epoch: UInt64?
    /// How many epochs had been trained, parts of one included; nil if nothing tells it.
    var x: Double?
    var isBest = false
  }

  /// The checkpoint whose history it is.
  let source: FilePath
  /// What was reported; its epochs count from 0.
  let history: History
  /// The checkpoints of the same run, by sequence number.
  private(set) var marks: [Mark]
  /// The best of them, and by what.
  private(set) var best: (mark: Mark, metric: String, mode: MetricMode, value: Double)?
  /// Newer checkpoints that could not be used.
  let skipped: [CheckpointError]

  /// The document that holds what was reported.
  private static let documentName = "history"

  /// No training has so many epochs, and a picture shows every whole number below it.
  private static let epochLimit = 1 << 53

  /// Those of a checkpoint file, or of the newest checkpoint in a directory whose history is intact.
  /// - Parameters:
  ///   - monitor: what the best of a directory is by; nil for what can be told from the metrics.
  /// - Throws: `CheckpointError`: `notFound` if there is no checkpoint, or none with a history.
  init(at path: FilePath, monitor: String?, mode: MetricMode) throws(CheckpointError) {
    let store: CheckpointStore
    do throws(CheckpointError) {
      store = try CheckpointStore(at: path, options: StoreOptions(access: .readOnly))
    } catch {
      guard error.errno == .notDirectory else { throw error }
      try self.init(file: path)
      return
    }
    try self.init(of: store, at: path, monitor: monitor, mode: mode)
  }

  private init(file: FilePath) throws(CheckpointError) {
    let reader = try CheckpointReader(file)
    source = file
    history = try TrainingCurves.history(in: reader, file)
    skipped = []
    let stepsPerEpoch = TrainingCurves.stepsPerEpoch(in: reader)
    marks = [
      TrainingCurves.mark(file.lastComponent?.string ?? "", file, reader.summary, stepsPerEpoch)
    ]
  }

  private init(
    of store: CheckpointStore, at path: FilePath, monitor: String?, mode: MetricMode
  ) throws(CheckpointError) {
    let all = try store.list()
    guard !all.isEmpty else {
      throw CheckpointError(.notFound, "no checkpoints in this directory", path: path)
    }
    var skipped = all.compactMap(\.failure)
    var found: (stored: StoredCheckpoint, history: History, stepsPerEpoch: Double?)?
    for stored in all.reversed() where found == nil && stored.failure == nil {
      do throws(CheckpointError) {
        let reader = try store.reader(stored)
        guard reader.documentNames.contains(TrainingCurves.documentName) else { continue }
        found = (
          stored, try TrainingCurves.history(in: reader, stored.path),
          TrainingCurves.stepsPerEpoch(in: reader)
        )
      } catch {
        skipped.append(error)
      }
    }
    guard let found else { throw skipped.first ?? TrainingCurves.none(in: path) }
    self.skipped = skipped
    source = found.stored.path
    history = found.history
    let ofRun = all.filter {
      $0.failure == nil && $0.summary.runID == found.stored.summary.runID
    }
    marks = ofRun.map {
      TrainingCurves.mark($0.fileName, $0.path, $0.summary, found.stepsPerEpoch)
    }
    try choose(from: ofRun, by: monitor, mode)
  }

  private mutating func choose(
    from stored: [StoredCheckpoint], by monitor: String?, _ mode: MetricMode
  ) throws(CheckpointError) {
    guard monitor != "none" else { return }
    // Where nobody asks and nothing is clear, there is no best.
    guard let metric = monitor ?? (try? DefaultMonitor.choose(from: stored)) else { return }
    let names = Set(stored.flatMap { $0.metrics.keys })
    guard monitor == nil || names.contains(metric) else {
      throw CheckpointError(
        .invalidArgument, "no checkpoint has this metric", item: metric,
        advice: names.isEmpty ? nil : "there are: \(names.sorted().joined(separator: ", "))")
    }
    let mode = try mode.resolved(for: metric)
    guard let best = stored.best(by: metric, mode: mode), let value = best.metrics[metric],
      let index = marks.firstIndex(where: { $0.fileName == best.fileName })
    else { return }
    marks[index].isBest = true
    self.best = (marks[index], metric, mode, value)
  }

  // MARK: Reading

  private static func none(in path: FilePath) -> CheckpointError {
    CheckpointError(
      .notFound, "no history of epochs, as trainers save it", path: path, item: documentName)
  }

  private static func history(
    in reader: CheckpointReader, _ path: FilePath
  ) throws(CheckpointError) -> History {
    guard reader.documentNames.contains(documentName) else { throw none(in: path) }
    do throws(TrainerError) {
      let history = try History(json: try reader.documentOrFailure(documentName))
      guard history.epochs.allSatisfy({ (0..<epochLimit).contains($0) }) else {
        throw TrainerError(.invalidState, "the history's epochs can't be some")
      }
      return history
    } catch {
      if let cause = error.cause as? CheckpointError { throw cause }
      throw CheckpointError(.corrupt, error.message, path: path, item: documentName)
    }
  }

  /// Told by the position that a run can go on from.
  private static func stepsPerEpoch(in reader: CheckpointReader) -> Double? {
    guard let position = try? reader.document("position"),
      let samples = position["samples"]?.doubleValue, samples > 0,
      let batchSize = position["batch_size"]?.doubleValue, batchSize > 0
    else { return nil }
    return (samples / batchSize).rounded(.up)
  }

  private static func mark(
    _ fileName: String, _ path: FilePath, _ summary: CheckpointSummary, _ stepsPerEpoch: Double?
  ) -> Mark {
    var x = summary.epoch.map { Double($0) }
    if let epoch = x, let step = summary.step, let stepsPerEpoch {
      // Not of epochs that had other batches.
      let place = Double(step) / stepsPerEpoch
      if place > epoch, place < epoch + 1 { x = place }
    }
    return Mark(fileName: fileName, path: path, step: summary.step, epoch: summary.epoch, x: x)
  }
}

extension CheckpointReader {
  /// A document; a failure to read it is the cause of the error.
  fileprivate func documentOrFailure(_ name: String) throws(TrainerError) -> JSONValue {
    do throws(CheckpointError) {
      return try document(name)
    } catch {
      throw TrainerError(.checkpoint, "\(error)", cause: error)
    }
  }
}
