public import Checkpoint
package import CheckpointIO
public import SystemPackage

/// Makes a checkpoint of another tool's file. Tensors stream.
public struct CheckpointImport: Sendable {
  /// The format of the file.
  public var format: ExchangeFormat
  /// What passes, and in what form.
  public var options: ExchangeOptions
  /// How the checkpoint is written.
  public var saveOptions: SaveOptions

  /// An import of everything, unless `options` ask for less.
  public init(
    from format: ExchangeFormat, options: ExchangeOptions = ExchangeOptions(),
    saveOptions: SaveOptions = SaveOptions()
  ) {
    self.format = format
    self.options = options
    self.saveOptions = saveOptions
  }

  /// Writes the checkpoint, whole and durable, or not at all. Needs, beyond the file's header, some
  /// tens of megabytes. Tensors that the file says are the same are read twice, to see whether they are.
  /// - Parameters:
  ///   - replacing: whether a file of that name is replaced; otherwise it is an error.
  ///   - progress: is given how many of so many bytes are done, now and then.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated` and others for the source;
  ///   `invalidArgument` for options that don't fit, or a name that checkpoints can't have; `exists`,
  ///   `noSpace`, `io`.
  public func write(
    _ source: FilePath, to path: FilePath, replacing: Bool = false,
    progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(CheckpointError) -> ExchangeReport {
    try write(source, to: path, replacing: replacing, in: PosixFileSystem(), progress: progress)
  }

  package func write(
    _ source: FilePath, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem,
    progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(CheckpointError) -> ExchangeReport {
    try OutputPlace.check(path, in: fileSystem)
    let tally = CastTally()
    var untied = try format.read(source, in: fileSystem)
    try untied.checkAliases()
    let state = try untied.applying(options, tally: tally).reporting(to: progress)
    // By bytes: strings are equal in Swift if they write the same characters in other ways.
    var tensors: [[UInt8]: StreamedTensor] = [:]
    var declarations: [TensorDeclaration] = []
    for tensor in state.tensors {
      tensors[Array(tensor.name.utf8)] = tensor
      declarations.append(
        TensorDeclaration(
          name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
          aliasOf: state.checkpoint.aliases[tensor.name]))
    }
    do throws(CheckpointError) {
      try unsafe CheckpointWriter(path, options: saveOptions, in: fileSystem).write(
        state.checkpoint, tensors: declarations, replacing: replacing
      ) { (name, range, buffer) throws(CheckpointError) in
        guard let tensor = tensors[Array(name.utf8)] else {
          throw CheckpointError(.notFound, "the tensor is gone", path: source, item: name)
        }
        try unsafe tensor.read(UInt64(range.lowerBound)..<UInt64(range.upperBound), into: buffer)
      }
    } catch {
      // What a checkpoint can't hold, such as a name, comes from the file.
      var failure = error
      failure.path = failure.path ?? source
      throw failure
    }
    var report = ExchangeReport()
    report.tensorCount = state.tensors.count
    report.tensorBytes = state.tensorBytes
    report.fileSizeBytes = try CheckpointReader(path, in: fileSystem).fileSizeBytes
    report.castTensorCount = tally.tensorCount
    report.overflowCount = tally.overflowCount
    report.losses = state.losses
    return report
  }
}
