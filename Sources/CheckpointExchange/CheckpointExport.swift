public import Checkpoint
package import CheckpointIO
public import SystemPackage

/// Turns a checkpoint into a file of another tool. Tensors stream, every byte verified on the way.
public struct CheckpointExport: Sendable {
  /// The format of the file.
  public var format: ExchangeFormat
  /// What passes, and in what form.
  public var options: ExchangeOptions

  /// An export of everything, unless `options` ask for less.
  public init(to format: ExchangeFormat, options: ExchangeOptions = ExchangeOptions()) {
    self.format = format
    self.options = options
  }

  /// Writes the file, whole and durable, or not at all. Needs, beyond documents and blobs, some tens
  /// of megabytes; with the layout of PyTorch 256 MiB more.
  /// - Parameters:
  ///   - replacing: whether a file of that name is replaced; otherwise it is an error.
  ///   - progress: is given how many of so many bytes are done, now and then.
  /// - Throws: `CheckpointError`: damage of the source; `invalidArgument` for options that don't fit;
  ///   `limitExceeded` for what the format can't hold; `exists`, `noSpace`, `io`.
  public func write(
    _ reader: CheckpointReader, to path: FilePath, replacing: Bool = false,
    progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(CheckpointError) -> ExchangeReport {
    try write(reader, to: path, replacing: replacing, in: PosixFileSystem(), progress: progress)
  }

  package func write(
    _ reader: CheckpointReader, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem,
    progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(CheckpointError) -> ExchangeReport {
    try OutputPlace.check(path, in: fileSystem)
    let tally = CastTally()
    let state = try ExchangeState(of: reader).applying(options, tally: tally)
      .reporting(to: progress)
    let written = try format.write(state, to: path, replacing: replacing, in: fileSystem)
    var report = ExchangeReport()
    report.tensorCount = state.tensors.count
    report.tensorBytes = state.tensorBytes
    report.fileSizeBytes = written.sizeBytes
    report.castTensorCount = tally.tensorCount
    report.overflowCount = tally.overflowCount
    report.losses = state.losses + written.losses
    return report
  }
}
