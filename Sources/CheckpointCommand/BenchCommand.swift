internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// `ckpt bench`: what a disk can do, and what of it saving and loading use.
struct BenchCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a disk, and saving and loading there.",
    discussion: """
      Saves and loads normally distributed bf16 weights with every preset, durably and verified, and \
      in the same rounds writes as many bytes as the disk takes at best (space reserved, large direct \
      writes, one fsync), reads the raw file with large direct reads, and from memory. Loads go to memory that is \
      there already unless said otherwise. Speeds are bytes of the tensors per second, by medians; \
      'of the limit' compares with the limit above. At the end stands what a save of that size costs and how often the strategy \
      'long' would save then. Nothing is left behind.

      EXAMPLES
        ckpt bench                               the current directory's disk
        ckpt bench /mnt/checkpoints --size 4
        ckpt bench run --json | jq '.measurements[] | select(.name == "save_fast")'

      \(ExitStatus.help())
      """)

  @Argument(
    help: "A directory on the disk.", completion: .directory, transform: FilePath.argument)
  var directory: FilePath = "."

  @Option(help: ArgumentHelp("Size of the state in GiB.", valueName: "gib"))
  var size = 1.0

  @Option(help: "How often each thing is done.")
  var rounds = 3

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard size.isFinite, (0.03125...1024).contains(size) else {
      throw ValidationError("The size must be from 0.03125 to 1024 GiB.")
    }
    guard (1...100).contains(rounds) else { throw ValidationError("There are 1 to 100 rounds.") }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let session = BenchSession(
      directory: directory, sizeBytes: UInt64(size * Double(1 << 30)), rounds: rounds)
    let progress = ProgressBar(on: terminal)
    defer { progress.clear() }
    let measurements = try session.run { text in progress.start(text, totalBytes: 0) }
    progress.clear()
    if common.json {
      try terminal.print(
        ["directory": .string(directory.string), "measurements": .array(measurements.map(\.json))])
    } else {
      try print(measurements, on: terminal)
    }
    return .success
  }

  private func print(_ measurements: [BenchMeasurement], on terminal: Terminal) throws {
    var table = Table([
      .init("WHAT"), .init("TIME", isNumeric: true), .init("SPEED", isNumeric: true),
      .init("OF THE LIMIT", isNumeric: true), .init("SIZE", isNumeric: true),
    ])
    for one in measurements {
      let isLarge = one.sizeBytes > 1 << 20
      let share = measurements.first { $0.key == one.limit }
        .map { HumanText.fixed(one.bytesPerSecond / $0.bytesPerSecond, digits: 2) }
      table.append([
        .init(one.label), .init("\(HumanText.fixed(one.median, digits: 4)) s"),
        .init(isLarge ? "\(HumanText.fixed(one.bytesPerSecond / 1e9, digits: 2)) GB/s" : ""),
        .init(share ?? ""),
        .init(one.fileSizeBytes.map { HumanText.percent($0, of: one.sizeBytes) } ?? ""),
      ])
    }
    try table.print(on: terminal)
    guard let save = measurements.first(where: { $0.key == "save_fast" }) else { return }
    let interval = min(max(100 * save.median, 30 * 60), 2 * 3600)
    try terminal.print(
      "a save (fast) takes \(HumanText.fixed(save.median, digits: 2)) s: 'long' would save every "
        + "\(HumanText.duration(interval)), which is \(HumanText.fixed(100 * save.median / interval, digits: 2)) % "
        + "of the time")
  }
}
