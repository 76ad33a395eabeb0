public import Checkpoint
import CheckpointIO
public import SystemPackage

/// Writes event files for TensorBoard: `train/` and `validation/` in a directory, with the tags that
/// Keras writes. After https://keras.io/api/callbacks/tensorboard.
///
/// - `epoch_loss`, `epoch_accuracy` …, and in `train/` `epoch_learning_rate`, by the epoch from 0;
/// - in `validation/` `evaluation_loss_vs_iterations` … by the optimizer's iterations;
/// - with a frequency in batches `batch_loss` …, by the number of batches from 1;
/// - `<model>/<layer>/<variable>/histogram`, if wanted; the model as JSON as `keras`.
///
/// Other than Keras: a run that is resumed cuts its files back to where they stood at the checkpoint
/// and goes on in new ones, so that no point is there twice and none is missing; the values of epochs
/// are written whatever the frequency. One directory is for one callback.
public final class TensorBoard: Callback {
  /// How often values of batches are written.
  public enum UpdateFrequency: Sendable, Hashable {
    /// Never: only those of epochs.
    case epoch
    /// Every so many batches.
    case batches(Int)

    /// Every batch.
    public static let batch = UpdateFrequency.batches(1)
  }

  /// The directory.
  public let logDirectory: FilePath
  let histogramFrequency: Int
  let updateFrequency: UpdateFrequency
  private let writesGraph: Bool
  var batchCount = 0
  var isRestored = false
  /// The files of the run that are complete, by the directory and their names, and their sizes.
  var earlierFiles: [Part: [String: UInt64]] = [:]
  var files: [Part: EventFile] = [:]
  private var writer = ""

  /// The directories.
  enum Part: String, CaseIterable { case train, validation }

  /// What the files are on; tests put another one under it.
  var fileSystem: any FileSystem = PosixFileSystem()
  /// Seconds since 1970.
  var wallClock: () -> Double = EventFile.wallSeconds

  /// - Parameters:
  ///   - logDirectory: made if need be.
  ///   - histogramFrequency: every so many epochs histograms of the weights are written; 0 for never.
  ///   - writesGraph: whether the model is written.
  ///   - updateFrequency: whether values of batches are written, too.
  public init(
    _ logDirectory: FilePath = "logs", histogramFrequency: Int = 0, writesGraph: Bool = true,
    updateFrequency: UpdateFrequency = .epoch
  ) {
    self.logDirectory = logDirectory
    self.histogramFrequency = histogramFrequency
    self.writesGraph = writesGraph
    self.updateFrequency = updateFrequency
  }

  /// Brings the directory to what it was at the checkpoint, if there was one; writes the model.
  ///
  /// - Throws: `.fileNotWritable`, `.fileNotReadable`, `.invalidArgument`.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    if case .batches(let count) = updateFrequency, count <= 0 {
      throw TrainerError(.invalidArgument, "TensorBoard: an update frequency of \(count)")
    }
    guard histogramFrequency >= 0 else {
      throw TrainerError(
        .invalidArgument, "TensorBoard: a histogram frequency of \(histogramFrequency)")
    }
    if !isRestored { (batchCount, earlierFiles) = (0, [:]) }
    let isNew = !isRestored
    isRestored = false
    files = [:]
    writer = "ckpt run \(training.model.runID)"
    if training.isResumed { try rewind(training) }
    if isNew, writesGraph {
      let model = try training.model.checkpoint(weightsOnly: true).documents["architecture"]
      try write([("keras", 0, .model(model?.text() ?? "{}"))], to: .train)
    }
  }

  private func rewind(_ training: TrainingSession) throws(TrainerError) {
    for part in Part.allCases where fileIsThere(part) {
      let before = earlierFiles[part] ?? [:]
      let directory = EventDirectory(path: path(of: part), fileSystem: fileSystem)
      let now = try directory.rewind(writer: writer, sizes: before)
      for (name, size) in before where now[name] != size {
        training.warn(
          "\(directory.path.appending(name)) is no longer what it was at the checkpoint: points of "
            + "before may be missing")
      }
      earlierFiles[part] = now
    }
  }

  private func fileIsThere(_ part: Part) -> Bool {
    (try? fileSystem.status(of: path(of: part))) != nil
  }

  private func path(of part: Part) -> FilePath { logDirectory.appending(part.rawValue) }

  /// Appends values to the file of a directory, which is made with the first.
  private func write(
    _ values: [(tag: String, step: Int, value: SummaryValue)], to part: Part
  ) throws(TrainerError) {
    guard !values.isEmpty else { return }
    let file: EventFile
    if let present = files[part] {
      file = present
    } else {
      do {
        try fileSystem.createDirectory(path(of: part))
      } catch {
        throw TrainerError(
          .fileNotWritable, "\(path(of: part)): can't make the directory: \(error)", cause: error)
      }
      file = try EventFile(
        in: path(of: part), writer: writer, wallSeconds: wallClock(), fileSystem: fileSystem)
      files[part] = file
    }
    let now = wallClock()
    try file.append(
      values.map { Event(wallSeconds: now, step: $0.step, .summary(tag: $0.tag, $0.value)) })
  }

  /// Writes the values of the batch, if it is time.
  public func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    batchCount += 1
    guard case .batches(let count) = updateFrequency, batchCount.isMultiple(of: count) else {
      return
    }
    try write(
      logs.entries.map { ("batch_" + $0.name, batchCount, .scalar(Float($0.value))) }, to: .train)
  }

  /// Writes the values of the epoch, and waits until the disk has them.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    let isOfValidation = { (entry: Logs.Entry) in entry.name.hasPrefix("val_") }
    let validation = logs.entries.filter(isOfValidation).map {
      (String($0.name.dropFirst(4)), SummaryValue.scalar(Float($0.value)))
    }
    var values = logs.entries.filter { !isOfValidation($0) }.map {
      ($0.name, SummaryValue.scalar(Float($0.value)))
    }
    if let rate = training.model.learningRate, !logs.names.contains("learning_rate") {
      values.append(("learning_rate", .scalar(rate)))
    }
    let iterations = training.model.stepCount
    try write(
      validation.map { ("evaluation_\($0.0)_vs_iterations", iterations, $0.1) }
        + validation.map { ("epoch_" + $0.0, epoch, $0.1) }, to: .validation)
    var events = values.map { ("epoch_" + $0.0, epoch, $0.1) }
    if histogramFrequency > 0, epoch.isMultiple(of: histogramFrequency) {
      events += training.model.weights.map { name, value in
        (
          "\(training.model.name)/\(name)/histogram", epoch,
          .histogram(HistogramBucket.buckets(of: value.elements))
        )
      }
    }
    try write(events, to: .train)
    for file in files.values { try file.synchronize() }
  }

  /// Closes the files.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    for file in files.values { try file.synchronize() }
    earlierFiles = allFiles
    files = [:]
  }
}
