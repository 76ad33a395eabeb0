internal import ArgumentParser
internal import CheckpointTrainer
internal import SystemPackage

/// What a training writes beside checkpoints, for people to look at.
struct LogOptions: ParsableArguments {
  @Option(
    help: "Write TensorBoard's event files to this directory.", completion: .directory,
    transform: FilePath.argument)
  var logDir: FilePath?

  @Option(
    help: "Write each epoch's values to this CSV file.", completion: .file(),
    transform: FilePath.argument)
  var csvLog: FilePath?

  /// The callbacks that write them. In this order for ever: a resumed run finds their states by it.
  var callbacks: [any Callback] {
    (csvLog.map { [CSVLogger($0)] } ?? []) + (logDir.map { [TensorBoard($0)] } ?? [])
  }
}
