internal import ArgumentParser
internal import Checkpoint
internal import CheckpointExchange
internal import SystemPackage

/// `ckpt export`: a checkpoint as a file of another tool.
struct ExportCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a checkpoint as a file of another tool.",
    discussion: """
      Every byte is verified on the way; files larger than memory pass in bounded memory; the file \
      appears whole and durable, or not at all. Steps, metrics, documents and blobs go into the file's \
      metadata, and 'ckpt import' brings all of it back. What can't pass is said as a message. Of a \
      run's directory, the newest checkpoint that is intact is taken.

      With --layout torch, tensors are named and laid out as torch.nn.Sequential has them: 0.weight, \
      0.bias and so on, a module for every layer and one for every activation, kernels with outputs \
      first, images with channels first. The modules stand in the metadata, under "modules".

      EXAMPLES
        ckpt export run/00000012.ckpt -o model.safetensors
        ckpt export run -o model.safetensors --weights-only --cast bf16
        ckpt export run -o model.keras                       Keras loads and trains it
        ckpt export run -o model.pt                          torch.load(…, weights_only=True)
        ckpt export run -o model.npz --weights-only
        ckpt export a.ckpt -o encoder.safetensors --only 'model/encoder/*' --rename model/encoder/=

      \(ExitStatus.help())
      """)

  @Argument(
    help: "The checkpoint, or a run's directory.", completion: .checkpointFile,
    transform: FilePath.argument)
  var file: FilePath

  @Option(
    help: ArgumentHelp(
      "The file's format: \(ExchangeFormat.allCases.map(\.name).joined(separator: ", ")). By default "
        + "that of the output's extension.", valueName: "format"),
    transform: ExchangeFormat.argument)
  var to: ExchangeFormat?

  @Option(
    name: [.short, .long], help: "Where the file goes.", completion: .file(),
    transform: FilePath.argument)
  var output: FilePath

  @Option(
    help: ArgumentHelp(
      "Names and layout of the model's tensors: original or torch. By default torch for .pt files of a "
        + "model that the trainer saved, else original.", valueName: "layout"),
    transform: { text in
      guard let layout = ExchangeOptions.Layout(rawValue: text) else {
        throw ValidationError("There are original and torch.")
      }
      return layout
    })
  var layout: ExchangeOptions.Layout?

  @OptionGroup var exchange: ExchangeArguments
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard file.lexicallyNormalized() != output.lexicallyNormalized() else {
      throw ValidationError("The output must be another file.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let format = try ExchangeArguments.format(to, of: output)
    try exchange.checkOutput(output)
    let source = try CheckpointReader.newest(at: file) { error throws(OutputError) in
      try terminal.note(ErrorReport.line(error))
    }
    var options = exchange.options
    let hasModel = source.documentNames.contains("architecture")
    options.layout = layout ?? (hasModel ? format.usualLayout : .original)
    let progress = ProgressBar(on: terminal)
    progress.start("exporting", totalBytes: source.summary.logicalBytes)
    defer { progress.clear() }
    let report = try CheckpointExport(to: format, options: options).write(
      source, to: output, replacing: exchange.force
    ) { done, total in progress.advance(to: done, of: total) }
    progress.clear()
    try exchange.report(
      report, from: source.path, to: output, format, asJSON: common.json, on: terminal)
    return .success
  }
}
