internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention

/// A run to come that policies are tried on, and nothing touched.
struct ForecastOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show what would be kept over a run of this length, such as 3w; remove nothing.",
      valueName: "duration"),
    transform: ForecastOptions.duration)
  var simulate: UInt64?

  @Option(
    help: ArgumentHelp(
      "How often that run saves, such as 20min; by default as the policy's save term says.",
      valueName: "duration"),
    transform: ForecastOptions.duration)
  var every: UInt64?

  @Option(
    help: ArgumentHelp("What each of its checkpoints takes, such as 1.5GB.", valueName: "size"),
    transform: ForecastOptions.size)
  var size: UInt64?

  @Option(
    help: ArgumentHelp(
      "How its metrics go: \(ForecastOptions.shapes). By default improving.", valueName: "name"),
    completion: .list(MetricCurve.Shape.allCases.map(\.rawValue)), transform: ForecastOptions.shape)
  var metricCurve: MetricCurve.Shape?

  @Option(
    help: ArgumentHelp(
      "Which share of its metrics' values is NaN, from 0 to 1. By default 0.01.",
      valueName: "share"))
  var nanShare: Double?

  @Option(
    help: ArgumentHelp(
      "Free bytes when it begins; by default those of the directory's disk.", valueName: "size"),
    transform: ForecastOptions.size)
  var disk: UInt64?

  @Option(
    help: ArgumentHelp(
      "A policy to compare with: short, regular, long, or a policy's text. Can be repeated.",
      valueName: "policy"))
  var versus: [String] = []

  @Flag(help: "Draw the plot with ASCII characters only.")
  var ascii = false

  /// Whether a forecast is asked for.
  var isRequested: Bool { simulate != nil }

  func validate() throws {
    let isUsed =
      every != nil || size != nil || metricCurve != nil || nanShare != nil || disk != nil
      || !versus.isEmpty || ascii
    guard simulate != nil || !isUsed else {
      throw ValidationError(
        "--every, --size, --metric-curve, --nan-share, --disk, --versus and --ascii belong to "
          + "--simulate, such as --simulate 3w.")
    }
    if let nanShare, !(0...1).contains(nanShare) {
      throw ValidationError("--nan-share can't be \(nanShare): give one from 0 to 1, such as 0.01.")
    }
  }

  /// Makes the forecasts and prints them. A preset to compare with ranks by the metric that the first
  /// policy with one ranks by.
  /// - Parameters:
  ///   - policies: at least one.
  ///   - freeBytes: what `--disk` is by default; nil if that is unknown.
  ///   - sizeBytes: what `--size` is by default, such as that of the newest checkpoint; nil for none.
  /// - Throws: `ValidationError` if something is missing or can't be read, `OutputError`.
  func run(
    policies: [(title: String, policy: RetentionPolicy)], freeBytes: UInt64?,
    sizeBytes: UInt64? = nil, asJSON: Bool, on terminal: Terminal
  ) throws -> ExitStatus {
    let policies = try policies + versus.map { try ForecastOptions.policy($0, besides: policies) }
    guard let duration = simulate else {
      throw ValidationError("How long is the run? Give a length such as --simulate 3w.")
    }
    guard let sizeBytes = size ?? sizeBytes else {
      throw ValidationError("How large is a checkpoint? Give a size such as --size 1.5GB.")
    }
    let cadences = policies.map { $0.policy.cadence.flatMap(ForecastOptions.interval) }
    var forecasts: [ForecastReport.Titled] = []
    for ((title, policy), cadence) in zip(policies, cadences) {
      guard let interval = every ?? cadence ?? cadences.compactMap({ $0 }).first else {
        throw ValidationError("How often does the run save? Say so, such as --every 20min.")
      }
      let run = RetentionForecast.Scenario(
        durationSeconds: duration, intervalSeconds: interval, sizeBytes: sizeBytes,
        curve: MetricCurve(metricCurve ?? .improving, nanShare: nanShare ?? 0.01),
        freeBytes: disk ?? freeBytes)
      guard (1...ForecastOptions.saveLimit).contains(run.saveCount) else {
        throw ValidationError(
          "A run of \(Seconds.text(duration)) that saves every \(Seconds.text(interval)) makes "
            + "\(run.saveCount) saves: 1 to \(ForecastOptions.saveLimit) can be simulated.")
      }
      forecasts.append((title, RetentionForecast(of: policy, in: run)))
    }
    if asJSON {
      try terminal.print(ForecastReport.json(forecasts))
    } else {
      try ForecastReport.print(forecasts, glyphs: ascii ? .ascii : .braille, on: terminal)
    }
    return .success
  }

  /// That takes some seconds.
  private static let saveLimit = 1_000_000

  /// What a cadence comes to where nothing is known of epochs and of what saves cost.
  private static func interval(_ cadence: SaveCadence) -> UInt64? {
    switch cadence {
    case .everyEpoch(let seconds), .epochs(let seconds), .cost(_, let seconds, _):
      seconds > 0 ? seconds : nil
    }
  }

  // MARK: Reading

  private static let shapes = MetricCurve.Shape.allCases.map(\.rawValue).joined(separator: ", ")

  private static func duration(_ text: String) throws -> UInt64 {
    guard let seconds = Seconds.parse(text), (1...lengthLimit).contains(seconds) else {
      throw ValidationError("'\(text)' is no length of time; write it as in 20min, 12h or 3w.")
    }
    return seconds
  }

  /// A thousand years: more than that is a mistake.
  private static let lengthLimit: UInt64 = 1000 * 366 * 86400

  private static func size(_ text: String) throws -> UInt64 {
    guard let bytes = ByteCount.parse(text), bytes > 0 else {
      throw ValidationError("'\(text)' is no size; write it as in 800MB, 1.5GB or 2GiB.")
    }
    return bytes
  }

  private static func shape(_ text: String) throws -> MetricCurve.Shape {
    guard let shape = MetricCurve.Shape(rawValue: text) else {
      throw ValidationError("'\(text)' is none of \(shapes).")
    }
    return shape
  }

  private static func policy(
    _ text: String, besides policies: [(title: String, policy: RetentionPolicy)]
  ) throws -> (title: String, policy: RetentionPolicy) {
    let metric = policies.lazy.flatMap(\.policy.trackedMetrics).first
    do throws(PolicyError) {
      guard let preset = RetentionPreset(rawValue: text) else {
        return (text, try RetentionPolicy(text))
      }
      return (text, try preset.policy(monitor: metric?.name, mode: metric?.mode ?? .auto))
    } catch {
      throw ValidationError("--versus: \(error)")
    }
  }
}
