/// Reasons in words.
extension RetentionPlan {
  /// Why the entry of that index stays or goes, in one line: for a removal how narrowly.
  /// - Parameter number: how values of metrics are written.
  public func reason(
    at index: Int, number: (Double) -> String = { "\($0)" }
  ) -> String {
    switch decision(at: index) {
    case .keep(let reasons): keepText(reasons, number)
    case .remove(.noRule, let nearMisses):
      nearest(nearMisses).map { missText($0, at: index, number) } ?? "no rule keeps it"
    case .remove(.nonFinite, _): "NaN or infinite weights"
    case .remove(.limits(let rule, let rank), _):
      "no room: \(policy.limits.map(\.text).joined(separator: ", ")); it was "
        + placeText(policy.rules[rule], rank)
    case .blocked(.unreadable): "can't be read: not touched"
    case .blocked(.otherRun): "of another run: not touched"
    case .blocked(.foreign): "saved by no store: not touched"
    case .blocked(.copy): "has a copy: neither is touched"
    }
  }

  private func keepText(_ reasons: [KeepReason], _ number: (Double) -> String) -> String {
    var texts: [String] = []
    for reason in reasons {
      switch reason {
      case .newest: texts.append("newest")
      case .newestHealthy: texts.append("newest with finite weights")
      case .best(let metric, let value): texts.append("best \(metric) \(number(value))")
      case .pinned: texts.append("pinned")
      case .pending(let metric): texts.append("\(metric) pending")
      case .rule(let rule, let rank):
        // Said already.
        if rank == 1, case .best = policy.rules[rule] { continue }
        texts.append(placeText(policy.rules[rule], rank))
      }
    }
    return texts.joined(separator: ", ")
  }

  /// What a rule's rank is called.
  private func placeText(_ rule: KeepRule, _ rank: Int) -> String {
    switch rule {
    case .last(let quota): "last \(rank) of \(quota)"
    case .first(1): "first"
    case .first(let quota): "first \(rank) of \(quota)"
    case .best(let quota, let metric, _): "\(metric) rank \(rank) of \(quota)"
    case .recent(let quota, let period): "\(period.rawValue) \(rank) of \(quota)"
    case .tagged(let tag, nil): "tagged \(tag)"
    case .tagged(let tag, .some(let quota)): "tagged \(tag), \(rank) of \(quota)"
    case .every, .thinning, .all: rule.text
    }
  }

  /// The one that it would take the least to reach.
  private func nearest(_ nearMisses: [NearMiss]) -> NearMiss? {
    nearMisses.min { excess($0) < excess($1) }
  }

  private func excess(_ miss: NearMiss) -> Int {
    miss.rank - (policy.rules[miss.rule].quota ?? miss.rank)
  }

  private func missText(
    _ miss: NearMiss, at index: Int, _ number: (Double) -> String
  ) -> String {
    let rule = policy.rules[miss.rule]
    switch rule {
    case .last(let quota): return "rank \(miss.rank) from the newest; cutoff rank \(quota)"
    case .first(let quota): return "rank \(miss.rank) from the first; cutoff rank \(quota)"
    case .best(let quota, let metric, _):
      let value = value(of: index, rule).map { " \(number($0))" } ?? ""
      let bound = cutoffs[miss.rule].flatMap { self.value(of: $0, rule) }
      return "rank \(miss.rank) by \(metric)\(value); cutoff rank \(quota)"
        + (bound.map { " is \(number($0))" } ?? "")
    case .recent(let quota, let period):
      return "rank \(miss.rank) in \(period.rawValue); cutoff rank \(quota)"
    case .thinning(let interval, let quota):
      return "rank \(miss.rank) in thin=\(interval.text); cutoff rank \(quota)"
    case .tagged, .every, .all: return "rank \(miss.rank) in \(rule.text)"
    }
  }

  /// All there is to say about the entry of that index: a line for each rule, and for a removal what
  /// would keep it. O(n log n) per rule.
  public func explanation(
    at index: Int, number: (Double) -> String = { "\($0)" }
  ) -> [String] {
    var lines = standings(at: index).map { RetentionPlan.text($0, number) }
    switch decision(at: index) {
    case .remove(_, let nearMisses):
      for miss in nearMisses {
        lines.append("would be kept by \(policy(granting: miss, at: index).retentionText)")
      }
      if nearMisses.isEmpty { lines.append("no quota of these rules would keep it; a pin would") }
    case .keep, .blocked: break
    }
    return lines
  }

  private static func text(
    _ standing: RuleStanding, _ number: (Double) -> String
  ) -> String {
    var text = standing.rule.text + ": "
    switch standing.hindrance {
    case .notCounted: return text + "does not count it"
    case .noValue: return text + "has no such metric"
    case .valueNotFinite(let value): return text + "\(number(value)) does not rank"
    case .noPosition: return text + "does not say where on that axis it stands"
    case .standsBehind(let name): return text + "\(name) stands for the same cell"
    case .notTagged: return text + "not tagged"
    case nil: break
    }
    text += standing.isKept ? "keeps it" : "does not keep it"
    if let rank = standing.rank { text += ", rank \(rank)" }
    if let value = standing.value { text += " with \(number(value))" }
    if !standing.isKept, let cutoff = standing.cutoff {
      text += "; the last that it keeps is \(cutoff.name)"
      if let value = cutoff.value { text += " with \(number(value))" }
    }
    return text
  }
}

extension RetentionPlan {
  /// Tracked metrics of which no checkpoint of the run has a value, now or pending: their best can't be
  /// kept. With the names that there are instead.
  public var missingMetrics: [(metric: String, present: [String])] {
    let own = entries.indices.filter { fates[$0].isRetentions }.map { entries[$0] }
    guard !own.isEmpty else { return [] }
    return policy.trackedMetrics.compactMap { metric, _ in
      let alias = MetricName.alias(of: metric)
      let isThere = own.contains {
        $0.value(of: metric, alias: alias) != nil || $0.isPending(metric, alias: alias)
      }
      return isThere ? nil : (metric, Set(own.flatMap(\.metrics.keys)).sorted())
    }
  }
}
