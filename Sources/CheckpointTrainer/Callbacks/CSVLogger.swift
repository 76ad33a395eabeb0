import CheckpointIO
public import SystemPackage

/// Writes each epoch's values as a line of a CSV file. After
/// https://keras.io/api/callbacks/csv_logger: the columns, their order, "NA" for what is missing, and
/// the line ends are those of Keras.
///
/// Other than Keras: on a resume the file is cut back to where it stood at the checkpoint and goes on
/// from there, with or without `append`, so that after crashes it is byte for byte that of an
/// uninterrupted run. Each line is on the disk before training goes on.
public final class CSVLogger: Callback {
  private let path: FilePath
  private let separator: String
  private let append: Bool
  var file: AppendedFile?
  /// The columns after the epoch's; nil before the first line.
  var keys: [String]?
  var writesHeader = true
  /// Where the file stood when the run began.
  var startBytes: UInt64 = 0
  /// How long it was when it was closed.
  var closedBytes: UInt64 = 0
  /// Where it stood at the checkpoint.
  var restoredBytes: UInt64?

  /// What the files are on; tests put another one under it.
  var fileSystem: any FileSystem = PosixFileSystem()

  /// - Parameters:
  ///   - path: of the file; its directory is made if need be.
  ///   - separator: between values.
  ///   - append: whether a run that begins anew goes on after what is in the file, without another
  ///     header; otherwise that is replaced.
  public init(_ path: FilePath, separator: String = ",", append: Bool = false) {
    self.path = path
    self.separator = separator
    self.append = append
  }

  /// Opens the file.
  ///
  /// - Throws: `.fileNotWritable`, `.invalidArgument`.
  public func onTrainBegin(_ training: TrainingSession) throws(TrainerError) {
    guard !separator.isEmpty, !separator.contains(where: CSVLogger.isSpecial) else {
      throw TrainerError(.invalidArgument, "CSVLogger: this can't be a separator")
    }
    try makeDirectory(in: fileSystem)
    defer { restoredBytes = nil }
    if let size = restoredBytes {
      try resume(at: size, training)
      return
    }
    keys = nil
    let file = try AppendedFile(path, append ? .existingOrNew : .emptied, in: fileSystem)
    self.file = file
    try cutTornLine(of: file, training)
    startBytes = file.sizeBytes
    writesHeader = startBytes == 0
  }

  private func resume(at size: UInt64, _ training: TrainingSession) throws(TrainerError) {
    let file = try AppendedFile(path, .existingOrNew, in: fileSystem)
    self.file = file
    if file.sizeBytes >= size {
      try file.cut(toBytes: size)
      return
    }
    // Removed, or cut off by somebody: the history has what it must have said.
    training.warn(
      "\(path) has \(file.sizeBytes) bytes where it had \(size): it is written anew from the history"
    )
    let history = training.model.history
    // The end of an epoch that this callback has yet to be told of is in the history already.
    let isPending = training.event == .epoch && !training.isTold(self)
    let pending = isPending ? history.epochs.last : nil
    try file.cut(toBytes: startBytes)
    if startBytes > 0 { try cutTornLine(of: file, training) }
    (keys, writesHeader) = (nil, file.sizeBytes == 0)
    for (epoch, logs) in zip(history.epochs, history.logs) where epoch != pending {
      try write(epoch, logs)
    }
  }

  /// A power cut can leave half a line at the end of a file that a run begins to append to.
  private func cutTornLine(
    of file: AppendedFile, _ training: TrainingSession
  ) throws(TrainerError) {
    var tail: [UInt8] = []
    var start = file.sizeBytes
    while start > 0, !tail.contains(UInt8(ascii: "\n")) {
      let count = min(start, 4096)
      start -= count
      tail = try file.bytes(at: start, count: Int(count)) + tail
    }
    let torn = tail.suffix(while: { $0 != UInt8(ascii: "\n") })
    guard !torn.isEmpty else { return }
    training.warn(
      "\(path): the last line has no end and is removed: " + String(decoding: torn, as: UTF8.self))
    try file.cut(toBytes: file.sizeBytes - UInt64(torn.count))
  }

  private func makeDirectory(in fileSystem: any FileSystem) throws(TrainerError) {
    let directory = path.removingLastComponent()
    guard !directory.isEmpty else { return }
    do {
      try fileSystem.createDirectory(directory)
    } catch {
      throw TrainerError(
        .fileNotWritable, "\(directory): can't make the directory: \(error)", cause: error)
    }
  }

  /// Writes the epoch's line.
  ///
  /// - Throws: `.fileNotWritable`.
  public func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    try write(epoch, logs)
    try file?.synchronize()
  }

  private func write(_ epoch: Int, _ logs: Logs) throws(TrainerError) {
    let keys = self.keys ?? CSVLogger.keys(of: logs)
    self.keys = keys
    var text = writesHeader ? line(["epoch"] + keys) : ""
    writesHeader = false
    text += line(
      ["\(epoch)"] + keys.map { logs.value(exactly: $0).map(CSVLogger.number) ?? "NA" })
    try file?.append(Array(text.utf8))
  }

  /// Closes the file.
  public func onTrainEnd(logs: Logs, _ training: TrainingSession) throws(TrainerError) {
    closedBytes = file?.sizeBytes ?? closedBytes
    file = nil
  }

  /// The names in order; where none is of validation data, those that there might have been.
  private static func keys(of logs: Logs) -> [String] {
    let keys = logs.names.sorted {
      Array($0.unicodeScalars).lexicographicallyPrecedes($1.unicodeScalars)
    }
    return keys.contains { $0.hasPrefix("val_") } ? keys : keys + keys.map { "val_" + $0 }
  }

  /// Whether a field with this must stand in quotes.
  private static func isSpecial(_ character: Character) -> Bool {
    character == "\"" || character.isNewline
  }

  private func line(_ fields: [String]) -> String {
    fields.map { field in
      field.contains(separator) || field.contains(where: CSVLogger.isSpecial)
        ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }.joined(separator: separator) + "\r\n"
  }

  /// As Python writes it: the shortest decimal that reads back to the same bits.
  private static func number(_ value: Double) -> String {
    value.isFinite ? "\(value)" : formatted(value, "g", precision: 6)
  }
}

extension Array {
  /// The longest end of it whose elements all satisfy a condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    let start = lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex
    return self[start...]
  }
}
