internal import Checkpoint
internal import CheckpointRetention
internal import CheckpointTrainer
internal import SystemPackage

/// A plan in a file, to be carried out later: `ckpt prune --plan FILE`, and with `--apply` if the
/// directory is still the same. It says what the directory held, and what would go; it is not believed:
/// the plan is made again from the same facts, and has to come out the same.
struct PlanFile {
  private static let kind = "ckpt prune plan"
  private static let version: Int64 = 1
  private static let limitBytes: UInt64 = 256 << 20

  private struct Fact: Hashable {
    var fileName: String
    var uuid: String
    var sizeBytes: Int64
    var isPinned: Bool
    var isReadable: Bool
    var isRemoved: Bool
  }

  private let path: FilePath
  private let policy: RetentionPolicy
  private let run: UniqueID
  private let freeBytes: UInt64?
  private let facts: [Fact]

  // MARK: Writing

  /// Writes a plan, durably; one that is there already is replaced, and nothing else is.
  /// - Throws: `CheckpointError`: `exists` if something is there that is no plan, such as a checkpoint;
  ///   `io`.
  static func write(_ plan: PruningPlan, to path: FilePath) throws(CheckpointError) {
    guard !fileExists(path) || (try? PlanFile(contentsOf: path)) != nil else {
      throw CheckpointError(
        .exists, "something is there that is no plan", path: path,
        advice: "write the plan to a file of its own")
    }
    do throws(TrainerError) {
      try writeFile(Array((json(plan).text(pretty: true) + "\n").utf8), to: path)
    } catch {
      throw CheckpointError(error)
    }
  }

  private static func json(_ plan: PruningPlan) -> JSONValue {
    let retention = plan.retention
    return [
      "kind": .string(kind), "version": .int(version), "policy": .string(retention.policy.text),
      "run": .string(UniqueID(number: retention.runID).description),
      "freeBytes": .optional(retention.freeBytes),
      "checkpoints": .array(
        plan.checkpoints.indices.map { index in
          let stored = plan.checkpoints[index]
          return [
            "fileName": .string(stored.fileName), "uuid": .string(stored.fileID.description),
            "sizeBytes": .count(stored.sizeBytes), "pinned": .bool(stored.isPinned),
            "readable": .bool(retention.entries[index].condition != .unreadable),
            "remove": .bool(retention.removes(index)),
          ]
        }),
    ]
  }

  // MARK: Reading

  /// Reads a plan.
  /// - Throws: `CheckpointError`: `corrupt` if it is none; `notFound`, `io`.
  init(contentsOf path: FilePath) throws(CheckpointError) {
    let bytes: [UInt8]
    do throws(TrainerError) {
      bytes = try readFile(path, limitBytes: PlanFile.limitBytes)
    } catch {
      throw CheckpointError(error)
    }
    func refuse(_ what: String) -> CheckpointError {
      CheckpointError(.corrupt, what, path: path, advice: "make it with ckpt prune DIR --plan FILE")
    }
    let json: JSONValue
    do {
      json = try JSONValue.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw refuse("the file is no plan: \(error)")
    }
    guard json["kind"]?.stringValue == PlanFile.kind else { throw refuse("the file is no plan") }
    guard json["version"]?.intValue == PlanFile.version else {
      throw refuse("the plan is of another version of ckpt")
    }
    guard let text = json["policy"]?.stringValue, let policy = try? RetentionPolicy(text),
      let run = json["run"]?.stringValue.flatMap({ UniqueID($0) }),
      let rows = json["checkpoints"]?.arrayValue
    else { throw refuse("the plan's policy, run or checkpoints can't be read") }
    self.path = path
    self.policy = policy
    self.run = run
    freeBytes = json["freeBytes"]?.intValue.flatMap { UInt64(exactly: $0) }
    var facts: [Fact] = []
    for (number, row) in rows.enumerated() {
      guard let fileName = row["fileName"]?.stringValue, let uuid = row["uuid"]?.stringValue,
        let sizeBytes = row["sizeBytes"]?.intValue, let isPinned = row["pinned"]?.boolValue,
        let isReadable = row["readable"]?.boolValue, let isRemoved = row["remove"]?.boolValue
      else { throw refuse("the plan's checkpoint \(number) can't be read") }
      facts.append(
        Fact(
          fileName: fileName, uuid: uuid, sizeBytes: sizeBytes, isPinned: isPinned,
          isReadable: isReadable, isRemoved: isRemoved))
    }
    self.facts = facts
  }

  /// The plan for a directory, if it is still the one of the file.
  /// - Throws: `CheckpointError` with code `stalePlan` if anything has changed that the plan rests on.
  func plan(for store: CheckpointStore) throws(CheckpointError) -> PruningPlan {
    func stale(_ what: String) -> CheckpointError {
      CheckpointError(
        .stalePlan, "the directory is not the one of the plan any more: \(what)", path: store.path,
        advice: "nothing was removed; make a new plan")
    }
    let stored = try store.list()
    var known: [String: Fact] = [:]
    for fact in facts where known.updateValue(fact, forKey: fact.fileName) != nil {
      throw stale("the plan names \(fact.fileName) twice")
    }
    var damaged: Set<UniqueID> = []
    for checkpoint in stored {
      guard let fact = known.removeValue(forKey: checkpoint.fileName) else {
        throw stale("\(checkpoint.fileName) has come")
      }
      guard fact.uuid == checkpoint.fileID.description,
        UInt64(exactly: fact.sizeBytes) == checkpoint.sizeBytes,
        fact.isReadable ? checkpoint.failure == nil : true
      else { throw stale("\(checkpoint.fileName) has changed") }
      guard fact.isPinned == checkpoint.isPinned else {
        throw stale(
          "\(checkpoint.fileName) has been \(checkpoint.isPinned ? "pinned" : "unpinned")")
      }
      if !fact.isReadable { damaged.insert(checkpoint.fileID) }
    }
    if let gone = known.keys.sorted().first { throw stale("\(gone) has gone") }
    let plan = PruningPlan(policy, stored, freeBytes: freeBytes, run: run, damaged: damaged)
    let planned = Set(facts.filter(\.isRemoved).map(\.fileName))
    guard Set(plan.removed.map(\.fileName)) == planned else {
      throw stale("the same facts make another plan now")
    }
    return plan
  }
}
