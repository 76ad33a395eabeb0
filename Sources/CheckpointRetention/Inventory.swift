/// What a plan is made for: the checkpoints of a directory, in any order.
public struct Inventory: Sendable, Hashable {
  /// The checkpoints, unreadable ones included.
  public var entries: [InventoryEntry]
  /// Bytes that may still be allocated on the disk; nil if that is unknown. Only `min-free` needs it.
  public var freeBytes: UInt64?

  /// An inventory of these.
  public init(_ entries: [InventoryEntry], freeBytes: UInt64? = nil) {
    self.entries = entries
    self.freeBytes = freeBytes
  }
}
