/// What became of a state on its way between formats.
public struct ExchangeReport: Sendable {
  /// Tensors that were written; those that are the same as another count too.
  public var tensorCount = 0
  /// Bytes of these.
  public var tensorBytes: UInt64 = 0
  /// Bytes of the file.
  public var fileSizeBytes: UInt64 = 0
  /// Tensors that were rounded to another dtype.
  public var castTensorCount = 0
  /// Finite numbers that became infinite by that.
  public var overflowCount = 0
  /// What the source has and the target can't carry, a line each, for people.
  public var losses: [String] = []
}
