/// What could be rescued from a damaged file, tensor by tensor and row by row.
public struct SalvageReport: Sendable, Hashable {
  /// A tensor that is not whole.
  public struct Loss: Sendable, Hashable {
    /// Its name.
    public var tensor: String
    /// Rows (indices of the first dimension) that are lost, at least in part; one range of 0 to 1 for
    /// a tensor of rank 0.
    public var rows: [Range<Int>]
    /// How many rows it has.
    public var rowCount: Int
    /// How many of its bytes are lost.
    public var lostBytes: UInt64
    /// How many it has.
    public var sizeBytes: UInt64
  }

  /// Tensors that are whole, aliases included.
  public var intactTensors: [String]
  /// Tensors that are not.
  public var losses: [Loss]
  /// Documents that are left out of the new file.
  public var lostDocuments: [String]
  /// Blobs that are left out of the new file.
  public var lostBlobs: [String]
  /// What is wrong with the file, in its order.
  public var findings: [CheckpointError]

  /// Bytes of tensors that are lost.
  public var lostBytes: UInt64 { losses.reduce(0) { $0 + $1.lostBytes } }
}
