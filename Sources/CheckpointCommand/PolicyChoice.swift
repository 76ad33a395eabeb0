internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention

/// What stands behind `--policy`.
enum PolicyChoice: Sendable {
  /// One of the strategies by name.
  case preset(RetentionPreset)
  /// A policy of its own.
  case policy(RetentionPolicy)

  /// From an argument.
  init(_ text: String) throws {
    if let preset = RetentionPreset(rawValue: text) {
      self = .preset(preset)
      return
    }
    do throws(PolicyError) {
      self = .policy(try RetentionPolicy(text))
    } catch {
      throw ValidationError("\(error). The presets are short, regular and long.")
    }
  }

  /// The policy; a preset's keeps the best by that metric, which may be nil.
  /// - Throws: `PolicyError` if the mode can't be told.
  func policy(monitor: String?, mode: MetricMode = .auto) throws(PolicyError) -> RetentionPolicy {
    switch self {
    case .preset(let preset): try preset.policy(monitor: monitor, mode: mode)
    case .policy(let policy): policy
    }
  }
}

extension RetentionPolicy {
  /// The same, with the best by that metric kept, if the policy doesn't say so already.
  /// - Throws: `PolicyError` if the mode can't be told.
  func tracking(_ metric: String, _ mode: MetricMode) throws(PolicyError) -> RetentionPolicy {
    guard !trackedMetrics.contains(where: { $0.name == metric }) else { return self }
    return try setting(.best(1, metric: metric, mode: mode))
  }
}
