internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// `ckpt plot`: the curves of a training run.
struct PlotCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw the loss and the metrics of a training run, and where checkpoints stand.",
    discussion: """
      Reads the history in the newest checkpoint of a directory, or in a file; weights are not read. \
      Values of training and of validation share a field, over the epochs; below it an arrowhead \
      stands for each checkpoint that is kept, and a star for the best.

      EXAMPLES
        ckpt plot run
        ckpt plot run --metric loss
        ckpt plot run --metric val_acc --monitor val_acc
        ckpt plot run/00000012.ckpt --ascii
        ckpt plot run --json | jq '.series[] | select(.metric == "val_loss").values | min'

      \(ExitStatus.help())
      """)

  @Argument(
    help: "A directory of checkpoints, or one of them.", completion: .file(),
    transform: FilePath.argument)
  var path: FilePath

  @Option(
    help: ArgumentHelp(
      "Draw this metric, with its validation values. May be repeated. (default: all)",
      valueName: "metric"))
  var metric: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      The metric that tells the best checkpoint; 'none' for none. (default: val_loss, or what the \
      checkpoints have instead)
      """, valueName: "metric"))
  var monitor: String?

  @Option(
    help: "Whether more or less of the metric is better: auto, min or max.",
    completion: .list(MetricMode.allCases.map(\.rawValue)), transform: MetricMode.argument)
  var mode = MetricMode.auto

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard mode == .auto || monitor != nil else {
      throw ValidationError("--mode needs --monitor.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let curves = try TrainingCurves(at: path, monitor: monitor, mode: mode)
    let report = try CurvesReport(curves, of: path, metrics: metric)
    if common.json {
      try terminal.print(report.json)
    } else {
      for failure in curves.skipped { try terminal.note(ErrorReport.line(failure)) }
      try report.print(glyphs: ascii ? .ascii : .braille, on: terminal)
    }
    return .success
  }
}
