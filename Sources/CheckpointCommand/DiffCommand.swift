internal import ArgumentParser
internal import Checkpoint

/// `ckpt diff`: what differs between two files, and by how much.
struct DiffCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two checkpoints: summary, documents, tensors.",
    discussion: """
      Compares what the files hold, not how: compression, chunk size and the order of members in a \
      document make no difference. What names the saving rather than the state (UUID, times, sequence \
      number, run) is shown apart, and counts with --strict only. Of each tensor that differs: how \
      many values, the largest absolute change, and the largest relative one, |a - b| / max(|a|, |b|).

      EXAMPLES
        ckpt diff run/00000011.ckpt run/00000012.ckpt
        ckpt diff a.ckpt b.ckpt --quick && echo same
        ckpt diff a.ckpt b.ckpt --json | jq '.tensors.changed[].name'

      \(ExitStatus.help(no: "they differ"))
      """)

  @Argument(help: "A checkpoint.", completion: .checkpointFile, transform: FilePath.argument)
  var a: FilePath

  @Argument(help: "Another one.", completion: .checkpointFile, transform: FilePath.argument)
  var b: FilePath

  @Flag(help: "UUID, times, sequence number and run count too.")
  var strict = false

  @Flag(
    help: """
      Take chunks with the same length and CRC-32C for the same without reading them. They nearly \
      always are; only reading proves it.
      """)
  var quick = false

  @OptionGroup var common: CommonOptions

  func run(on terminal: Terminal) throws -> ExitStatus {
    let left = try CheckpointReader(a)
    let right = try CheckpointReader(b)
    let progress = ProgressBar(on: terminal)
    let difference: CheckpointDifference
    do throws(CheckpointError) {
      difference = try CheckpointDifference(left, right, trustsChecksums: quick, progress)
      progress.clear()
    } catch {
      progress.clear()
      throw error
    }
    let report = DifferenceReport(difference, isStrict: strict, isQuick: quick)
    if common.json {
      try terminal.print(report.json(a, b))
    } else {
      try report.print(on: terminal)
    }
    return report.isSame ? .success : .no
  }
}
