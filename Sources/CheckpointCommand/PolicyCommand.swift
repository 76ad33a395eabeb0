internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// `ckpt policy`: the policy that a directory remembers.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "The retention policy that a directory remembers, for training and for ckpt prune.",
    discussion: """
      A remembered policy is applied after each save by every training run in the directory that has \
      none of its own, and is what ckpt prune goes by, so that both agree.

      EXAMPLES
        ckpt policy set run regular --monitor val_acc
        ckpt policy set run last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB
        ckpt policy show run
        ckpt policy clear run

      \(ExitStatus.help(no: "policy show: none is remembered"))
      """,
    subcommands: [Show.self, Set.self, Clear.self], defaultSubcommand: nil)

  /// The directory, and how to answer.
  struct Place: ParsableArguments {
    @Argument(help: "The directory.", completion: .directory, transform: FilePath.argument)
    var directory: FilePath

    @OptionGroup var common: CommonOptions

    func tell(_ policy: RetentionPolicy?, on terminal: Terminal) throws {
      if common.json {
        try terminal.print([
          "path": .string(directory.string), "policy": .optional(policy?.text),
        ])
      } else if let policy {
        try terminal.print(policy.text.printable)
      } else {
        try terminal.note("no policy is remembered: \(directory.string.printable)")
      }
    }

    func store() throws(CheckpointError) -> CheckpointStore {
      // Read-only first: opened for writing, a directory that is missing would be made.
      _ = try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
      return try CheckpointStore(at: directory)
    }
  }

  /// `ckpt policy show`
  struct Show: TerminalCommand {
    static let configuration = CommandConfiguration(abstract: "Show the remembered policy.")

    @OptionGroup var place: Place

    func run(on terminal: Terminal) throws -> ExitStatus {
      let store = try CheckpointStore(
        at: place.directory, options: StoreOptions(access: .readOnly))
      let policy = try store.rememberedPolicy()
      try place.tell(policy, on: terminal)
      return policy == nil ? .no : .success
    }
  }

  /// `ckpt policy set`
  struct Set: TerminalCommand {
    static let configuration = CommandConfiguration(abstract: "Remember a policy.")

    @OptionGroup var place: Place

    @Argument(
      help: "short, regular, long, or rules and limits: see ckpt prune --help.",
      transform: PolicyChoice.init)
    var policy: PolicyChoice

    @Option(
      help: ArgumentHelp(
        "The metric whose best checkpoints are kept; 'none' for none.", valueName: "metric"))
    var monitor: String?

    @Option(
      help: "Whether more or less of the metric is better: auto, min or max.",
      transform: MetricMode.argument)
    var mode = MetricMode.auto

    func run(on terminal: Terminal) throws -> ExitStatus {
      let store = try place.store()
      let stored = try store.list()
      let policy = try chosen(stored)
      try store.remember(policy)
      try place.tell(policy, on: terminal)
      return .success
    }

    private func chosen(_ stored: [StoredCheckpoint]) throws(CheckpointError) -> RetentionPolicy {
      var metric = monitor == "none" ? nil : monitor
      if case .preset = policy, monitor == nil {
        metric = try DefaultMonitor.choose(from: stored)
        guard metric != nil else {
          throw CheckpointError(
            .invalidArgument, "which metric tells the best checkpoint is not known yet",
            path: place.directory, advice: "say it with --monitor, or --monitor none")
        }
      }
      do throws(PolicyError) {
        let chosen = try policy.policy(monitor: metric, mode: mode)
        return try metric.map { (metric) throws(PolicyError) in
          try chosen.tracking(metric, mode)
        } ?? chosen
      } catch {
        throw CheckpointError(error)
      }
    }
  }

  /// `ckpt policy clear`
  struct Clear: TerminalCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget the remembered policy: saves then remove nothing.")

    @OptionGroup var place: Place

    func run(on terminal: Terminal) throws -> ExitStatus {
      try place.store().remember(nil)
      try place.tell(nil, on: terminal)
      return .success
    }
  }
}
