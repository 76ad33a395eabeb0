/// What verification found in a file.
public struct Verification: Sendable, Hashable {
  /// How much is checked.
  public enum Depth: Sendable, Hashable {
    /// The structure: both blocks, both copies of the index. Reads a few KiB plus the index.
    case quick
    /// Every byte.
    case full
  }

  /// The state a file is in, from best to worst.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// Nothing is wrong.
    case intact
    /// All content is there; a spare copy or padding is damaged.
    case degraded
    /// Some content is lost.
    case damaged
    /// Nothing can be read without salvage.
    case unreadable
  }

  /// One thing that is wrong.
  public struct Finding: Sendable, Hashable {
    /// What, where, by which rule.
    public var error: CheckpointError
    /// Whether content is lost, rather than a spare copy.
    public var losesContent: Bool
    /// The tensor that is hit.
    public var tensor: String?
    /// Which of its rows (indices of the first dimension) are lost; nil for a tensor of rank 0.
    public var rows: Range<Int>?
  }

  /// The state, from the findings.
  public var state: State
  /// All that is wrong, in file order.
  public var findings: [Finding]
  /// How many chunks were checked.
  public var checkedChunkCount: Int
  /// How many bytes were read.
  public var checkedBytes: UInt64
}
