internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// `ckpt prune`: shows what a policy would remove, and with `--apply` removes it.
struct PruneCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Show which checkpoints a policy keeps and which may go; remove those with --apply.",
    discussion: """
      Shows the plan and removes nothing, unless told --apply. The policy is --policy, or the single \
      rules that are given, or else the one that the directory remembers (ckpt policy), or else \
      'regular'. Whatever it says, the newest, the best by each metric it tracks, pinned checkpoints, \
      files that can't be read and those of other runs stay, and nothing goes unless the newest has \
      just been read and found intact.

      RULES, any of which keeps; separated by commas, with limits:
        last=5               the newest 5
        best=5:val_acc:max   the best 5 by a metric; max or min can be left out where the name tells
        thin=1h:4            many lately, fewer further back: the first of each hour for the last 4 \
      that have any, then of each 2, 4, 8, ... hours; also 1000steps:4, 5epochs:4
        every=1h             the first of each hour; also 1000steps, 5epochs
        hourly=24 daily=7 weekly=4   the newest of each of the last hours, days, weeks
        first, first=2       the earliest
        tag=final, tag=final:1       those with a tag, or the newest of them
        all                  all, as far as limits allow
        max-count=10 max-bytes=200GiB min-free=50GiB   limits

      EXAMPLES
        ckpt prune run
        ckpt prune run --policy regular --monitor val_acc --apply
        ckpt prune run --policy last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB
        ckpt prune run --keep-last 3 --keep-best 2 --monitor val_acc
        ckpt prune run --why 12
        ckpt prune run --plan plan.json, and later: ckpt prune run --apply --plan plan.json
        ckpt prune run --apply --trash, and if it was wrong: ckpt prune run --undo
        ckpt prune --simulate 3w --every 20m --size 1.5GB --policy long --monitor val_loss

      \(ExitStatus.help(
        no: "a limit can't be met without removing what never goes",
        nothingToDo: "with --exit-code: nothing had to go"))
      """)

  @Argument(help: "The directory.", completion: .directory, transform: FilePath.argument)
  var directory: FilePath?

  @Flag(help: "Remove what the plan removes.")
  var apply = false

  @OptionGroup(title: "Policy") var policy: PolicyOptions

  @Option(
    help: ArgumentHelp("Plan for this training run, by its UUID's beginning.", valueName: "uuid"))
  var run: String?

  @Flag(help: "Read every byte of every checkpoint first: damaged ones then fill no quota.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "Explain one checkpoint in full, by file name or sequence number.", valueName: "checkpoint"))
  var why: String?

  @Option(
    help: ArgumentHelp(
      "Write the plan to a file; with --apply carry that plan out, if the directory is still the same.",
      valueName: "file"),
    completion: .file(), transform: FilePath.argument)
  var plan: FilePath?

  @Flag(help: "With --apply: move to the directory's trash instead. That frees no space.")
  var trash = false

  @Flag(help: "Bring back what the last --trash has moved away.")
  var undo = false

  @Flag(help: "Remove all that is in the trash.")
  var emptyTrash = false

  @Flag(help: "With --apply: don't ask when more than half would go.")
  var yes = false

  @Flag(help: "With --apply: exit with 5 if nothing had to go, instead of 0.")
  var exitCode = false

  @Option(
    help: ArgumentHelp(
      "How long to wait for another process that writes to the directory.", valueName: "seconds"))
  var wait = 60.0

  @OptionGroup(title: "Forecast") var forecast: ForecastOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if forecast.isRequested {
      guard !apply, !undo, !emptyTrash, !verify, why == nil, plan == nil, run == nil else {
        throw ValidationError("--simulate looks at no checkpoints: leave out other actions.")
      }
      return
    }
    guard directory != nil else { throw ValidationError("A directory is needed.") }
    guard wait >= 0, wait.isFinite else { throw ValidationError("--wait can't be \(wait).") }
    let actions = [apply, undo, emptyTrash, why != nil].count { $0 }
    guard actions <= 1 else {
      throw ValidationError("--apply, --undo, --empty-trash and --why exclude one another.")
    }
    for (flag, name) in [(trash, "--trash"), (yes, "--yes"), (exitCode, "--exit-code")]
    where flag && !apply {
      throw ValidationError("\(name) needs --apply.")
    }
    guard plan == nil || why == nil else {
      throw ValidationError("--why writes no plan: leave out --plan.")
    }
    if plan != nil, apply, !policy.isEmpty || run != nil || verify {
      throw ValidationError(
        "With --apply --plan the file says the policy: leave out other options.")
    }
    if undo || emptyTrash, !policy.isEmpty || plan != nil || verify || run != nil {
      throw ValidationError("--undo and --empty-trash take no policy.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    if forecast.isRequested { return try simulate(on: terminal) }
    guard let directory else { return .usage }
    let session = PruneSession(
      directory: directory, waitSeconds: wait, asJSON: common.json, terminal: terminal)
    if undo { return try session.restore() }
    if emptyTrash { return try session.emptyTrash() }
    let makePlan: (Bool) throws -> PruningPlan = { verifiesAll in
      if apply, let plan { return try PlanFile(contentsOf: plan).plan(for: session.store) }
      return try session.plan(policy, run: run, verifying: verify || verifiesAll)
    }
    if apply {
      return try session.apply(
        toTrash: trash, isSure: yes, tellsNothingToDo: exitCode, remakes: plan == nil, makePlan)
    }
    let made = try makePlan(false)
    if let why { return try session.explain(why, in: made) }
    if let plan { try PlanFile.write(made, to: plan) }
    return try session.show(made, file: plan)
  }

  /// A directory lends the forecast its disk, its policy and the size of its newest checkpoint.
  private func simulate(on terminal: Terminal) throws -> ExitStatus {
    let store = try directory.map { (path) throws(CheckpointError) in
      try CheckpointStore(at: path, options: StoreOptions(access: .readOnly))
    }
    let stored = try store?.list() ?? []
    let policy = try policy.resolved(
      remembered: policy.needsBase ? store?.rememberedPolicy() : nil
    ) { () throws(CheckpointError) in try DefaultMonitor.choose(from: stored) ?? "val_loss" }
    return try forecast.run(
      policies: [(title: "policy", policy: policy)], freeBytes: store?.freeSpaceBytes(),
      sizeBytes: stored.last { $0.failure == nil }?.sizeBytes, asJSON: common.json, on: terminal)
  }
}
