/// What retention knows of a checkpoint. Modification times are not among it, and names decide nothing.
public struct InventoryEntry: Sendable, Hashable {
  /// What a checkpoint is good for.
  public enum Condition: Sendable, Hashable, CaseIterable {
    /// All values of its tensors are finite.
    case healthy
    /// Some are NaN or infinite.
    case nonFinite
    /// It can't be read: nothing is known but name and size.
    case unreadable
  }

  /// What it is called; no two of an inventory have one name. For people, and to find it again.
  public var name: String
  /// The file's identity; 0 if it is unknown.
  public var fileID: UInt128
  /// The training run it belongs to; 0 if it is unknown.
  public var runID: UInt128
  /// Its place in the order of saves, from 1; 0 for a file that no store has saved.
  public var sequence: UInt64
  /// Optimizer steps done.
  public var step: UInt64?
  /// Epochs done.
  public var epoch: UInt64?
  /// When its state was saved, as recorded in it: nanoseconds since 1970-01-01T00:00:00Z.
  public var timeNanoseconds: Int64
  /// What it takes on disk, and what removing it frees.
  public var sizeBytes: UInt64
  /// Values by metric name; NaN and the infinities are allowed and never rank.
  public var metrics: [String: Double]
  /// Metrics whose value is not known yet.
  public var pendingMetrics: Set<String>
  /// Marks, such as `final`.
  public var tags: Set<String>
  /// Whether somebody has pinned it.
  public var isPinned: Bool
  /// What it is good for.
  public var condition: Condition

  /// An entry with the given facts.
  public init(
    name: String, fileID: UInt128 = 0, runID: UInt128 = 0, sequence: UInt64, step: UInt64? = nil,
    epoch: UInt64? = nil, timeNanoseconds: Int64 = 0, sizeBytes: UInt64 = 0,
    metrics: [String: Double] = [:], pendingMetrics: Set<String> = [], tags: Set<String> = [],
    isPinned: Bool = false, condition: Condition = .healthy
  ) {
    self.name = name
    self.fileID = fileID
    self.runID = runID
    self.sequence = sequence
    self.step = step
    self.epoch = epoch
    self.timeNanoseconds = timeNanoseconds
    self.sizeBytes = sizeBytes
    self.metrics = metrics
    self.pendingMetrics = pendingMetrics
    self.tags = tags
    self.isPinned = isPinned
    self.condition = condition
  }

  /// The value of a metric that is known by now, also under its name's other spelling.
  func value(of metric: String, alias: String?) -> Double? {
    metrics[metric] ?? alias.flatMap { metrics[$0] }
  }

  /// In the order of saves. Neither times nor names decide it: equal sequence numbers are told apart by
  /// the files' identities, and only copies of one file by their names.
  static func inOrder(_ entries: [InventoryEntry]) -> [InventoryEntry] {
    func precedes(_ a: Int, _ b: Int) -> Bool {
      if entries[a].sequence != entries[b].sequence {
        return entries[a].sequence < entries[b].sequence
      }
      if entries[a].fileID != entries[b].fileID { return entries[a].fileID < entries[b].fileID }
      return entries[a].name < entries[b].name
    }
    let isOrdered = entries.indices.dropFirst().allSatisfy { precedes($0 - 1, $0) }
    // Numbers are sorted, not entries: these are large.
    return isOrdered ? entries : entries.indices.sorted(by: precedes).map { entries[$0] }
  }
}
