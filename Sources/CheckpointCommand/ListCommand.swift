internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// `ckpt ls`: what is in a run's directory.
struct ListCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the checkpoints of a directory.",
    discussion: """
      The best value of each metric is marked with *, if its name tells whether more or less is \
      better (acc, auc, f1, ...: more; loss, mse, ...: less); --monitor picks one. Checkpoints with \
      NaN or infinite weights are marked, and are never the best while there is a healthy one. On file \
      systems that share blocks (xfs, btrfs), SHARED is how much of a file others have too, and what \
      removing it would not free.

      EXAMPLES
        ckpt ls run
        ckpt ls run --verify
        ckpt ls run --monitor reward --mode max
        ckpt ls run --json | jq -r '.checkpoints[] | select(.newest) | .path'

      \(ExitStatus.help(no: "with --verify: a checkpoint is degraded or damaged"))
      """)

  @Argument(
    help: "The directory.", completion: .directory, transform: FilePath.argument)
  var directory: FilePath

  @Option(help: ArgumentHelp("Mark the best by this metric only.", valueName: "metric"))
  var monitor: String?

  @Option(
    help: "Whether more or less of the metric is better: auto, min or max.",
    completion: .list(MetricMode.allCases.map(\.rawValue)), transform: MetricMode.argument)
  var mode = MetricMode.auto

  @Flag(help: "Check every byte of each checkpoint.")
  var verify = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard mode == .auto || monitor != nil else {
      throw ValidationError("--mode needs --monitor.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let store = try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
    var listing = StoreListing(try store.list())
    if let monitor {
      try listing.rank(by: monitor, mode: try mode.resolved(for: monitor))
    } else {
      listing.rankAll()
    }
    var status = ExitStatus.success
    var failures: [CheckpointError] = []
    if verify {
      let progress = ProgressBar(on: terminal)
      for (number, stored) in listing.checkpoints.enumerated() {
        progress.start(
          stored.fileName, "\(number + 1) of \(listing.checkpoints.count)",
          totalBytes: stored.summary.storedBytes)
        do throws(CheckpointError) {
          listing.verifications[stored.fileName] = try store.verify(stored) {
            progress.advance(to: $0)
          }
        } catch {
          status = status.worse(ExitStatus(error))
          if stored.failure == nil { failures.append(error) }
        }
      }
      progress.clear()
    }
    for stored in listing.checkpoints {
      // Gone meanwhile, say: the rest is of use all the same.
      listing.sharedBytes[stored.fileName] = try? store.sharedBytes(of: stored)
    }
    status = listing.verifications.values.reduce(status) { $0.worse($1.state.status) }
    if common.json {
      try listing.printJSON(of: directory, on: terminal)
    } else if listing.checkpoints.isEmpty {
      try terminal.note("no checkpoints: \(directory.string.printable)")
    } else {
      try listing.print(on: terminal)
    }
    // Those of the list itself have been told with it.
    for failure in failures where !common.json {
      try terminal.note(ErrorReport.line(failure))
    }
    return status
  }
}

extension MetricMode {
  /// From an argument.
  static func argument(_ text: String) throws -> MetricMode {
    guard let mode = MetricMode(rawValue: text) else {
      throw ValidationError("'\(text)' is none of auto, min and max.")
    }
    return mode
  }
}
