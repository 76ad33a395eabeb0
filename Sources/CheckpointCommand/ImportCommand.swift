internal import ArgumentParser
internal import Checkpoint
internal import CheckpointExchange
internal import SystemPackage

/// `ckpt import`: another tool's file as a checkpoint.
struct ImportCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a checkpoint of another tool's file.",
    discussion: """
      Files are read as strictly as their own tools read them, and nothing in them is executed. Tensors \
      keep their names. Files that 'ckpt export' wrote give the checkpoint back: summary, documents, \
      blobs and tied weights; the strings in other files' metadata become the document \
      safetensors-metadata.

      EXAMPLES
        ckpt import model.safetensors -o model.ckpt
        ckpt import model.safetensors -o model.ckpt --cast f32 --rename encoder/=model/
        ckpt import model.keras -o model.ckpt && ckpt inspect model.ckpt
        ckpt import state.pt -o state.ckpt
        ckpt import weights.bin --from safetensors -o weights.ckpt

      \(ExitStatus.help())
      """)

  @Argument(help: "The file.", completion: .file(), transform: FilePath.argument)
  var file: FilePath

  @Option(
    help: ArgumentHelp(
      "The file's format: \(ExchangeFormat.allCases.map(\.name).joined(separator: ", ")). By default "
        + "that of its extension.", valueName: "format"),
    transform: ExchangeFormat.argument)
  var from: ExchangeFormat?

  @Option(
    name: [.short, .long], help: "Where the checkpoint goes.", completion: .checkpointFile,
    transform: FilePath.argument)
  var output: FilePath

  @OptionGroup var exchange: ExchangeArguments
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard file.lexicallyNormalized() != output.lexicallyNormalized() else {
      throw ValidationError("The output must be another file.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let format = try ExchangeArguments.format(from, of: file)
    try exchange.checkOutput(output)
    let progress = ProgressBar(on: terminal)
    progress.start("importing", totalBytes: 0)
    defer { progress.clear() }
    let report = try CheckpointImport(from: format, options: exchange.options).write(
      file, to: output, replacing: exchange.force
    ) { done, total in progress.advance(to: done, of: total) }
    progress.clear()
    try exchange.report(report, from: file, to: output, format, asJSON: common.json, on: terminal)
    return .success
  }
}
