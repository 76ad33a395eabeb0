internal import Checkpoint
internal import CheckpointRetention
internal import SystemPackage

/// A plan as programs read it.
enum PruneJSON {
  /// The object that `ckpt prune --json` prints.
  /// - Parameter report: what was carried out, if anything was.
  static func object(
    _ plan: PruningPlan, in directory: FilePath, report: PruningReport?
  ) -> JSONValue {
    let retention = plan.retention
    let status =
      retention.removedCount == 0 ? "nothingToDo" : report == nil ? "planned" : "done"
    return [
      "path": .string(directory.string), "policy": .string(retention.policy.text),
      "run": .string(UniqueID(number: retention.runID).description),
      "status": .string(status),
      "before": totals(
        UInt64(plan.checkpoints.count), retention.keptBytes &+ retention.removedBytes),
      "after": totals(
        UInt64(plan.checkpoints.count - retention.removedCount), retention.keptBytes),
      "removed": totals(UInt64(retention.removedCount), retention.removedBytes),
      "verified": .optional(report?.verified?.fileName),
      "trashBatch": .optional(report?.trashBatch),
      "shortfalls": .array(
        retention.shortfalls.map {
          [
            "limit": .string($0.limit.text), "reached": .optional($0.reached),
            "missing": .optional($0.missing),
          ]
        }),
      "checkpoints": .array(plan.checkpoints.indices.map { checkpoint($0, of: plan) }),
    ]
  }

  private static func totals(_ count: UInt64, _ bytes: UInt64) -> JSONValue {
    ["count": .count(count), "sizeBytes": .count(bytes)]
  }

  /// A checkpoint, its verdict and its reasons.
  static func checkpoint(_ index: Int, of plan: PruningPlan) -> JSONValue {
    let stored = plan.checkpoints[index]
    let retention = plan.retention
    let decision = retention.decision(at: index)
    var object: JSONObject = [
      "fileName": .string(stored.fileName),
      "uuid": stored.fileID == .none ? .null : .string(stored.fileID.description),
      "sequence": .count(stored.sequence), "sizeBytes": .count(stored.sizeBytes),
      "verdict": .string(word(decision)), "reason": .string(PruneTable.reason(index, retention)),
    ]
    switch decision {
    case .keep(let reasons): object["reasons"] = .array(reasons.map { json($0, retention.policy) })
    case .remove(let reason, let nearMisses):
      object["reasons"] = .array([json(reason, retention.policy)])
      object["nearMisses"] = .array(
        nearMisses.map {
          [
            "rule": .string(retention.policy.rules[$0.rule].text), "rank": .int(Int64($0.rank)),
          ]
        })
    case .blocked(let reason): object["reasons"] = [["kind": .string(word(reason))]]
    }
    return .object(object)
  }

  private static func word(_ decision: RetentionDecision) -> String {
    switch decision {
    case .keep: "keep"
    case .remove: "remove"
    case .blocked: "blocked"
    }
  }

  private static func word(_ reason: BlockReason) -> String {
    switch reason {
    case .unreadable: "unreadable"
    case .otherRun: "otherRun"
    case .foreign: "foreign"
    case .copy: "copy"
    }
  }

  private static func json(_ reason: KeepReason, _ policy: RetentionPolicy) -> JSONValue {
    switch reason {
    case .newest: ["kind": "newest"]
    case .newestHealthy: ["kind": "newestHealthy"]
    case .pinned: ["kind": "pinned"]
    case .best(let metric, let value):
      ["kind": "best", "metric": .string(metric), "value": .number(value)]
    case .pending(let metric): ["kind": "pending", "metric": .string(metric)]
    case .rule(let rule, let rank):
      ["kind": "rule", "rule": .string(policy.rules[rule].text), "rank": .int(Int64(rank))]
    }
  }

  private static func json(_ reason: RemovalReason, _ policy: RetentionPolicy) -> JSONValue {
    switch reason {
    case .noRule: ["kind": "noRule"]
    case .nonFinite: ["kind": "nonFinite"]
    case .limits(let rule, let rank):
      [
        "kind": "limits", "rule": .string(policy.rules[rule].text), "rank": .int(Int64(rank)),
      ]
    }
  }
}
