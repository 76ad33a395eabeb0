public import CheckpointFormat

/// How a checkpoint is written.
public struct SaveOptions: Sendable, Hashable {
  /// What to spend on making the file smaller. Raw by default: fastest, and mappable.
  public var compression: Compression
  /// Logical bytes per chunk, the unit of checksums and of loss: a power of two from 64 KiB to
  /// 64 MiB. By default a 256th of the state, from 64 KiB to 1 MiB, and more above 1 TiB.
  public var chunkSizeBytes: Int?
  /// Whether to store a SHA-256 per chunk and one over all, which can be signed.
  public var digests: Bool
  /// The file's identity; random if nil.
  public var fileID: UniqueID?
  /// When the file was made; now if nil. With both set, the same checkpoint gives the same bytes.
  public var created: Timestamp?

  /// Raw, no digests, random identity, now.
  public init(
    compression: Compression = .none, chunkSizeBytes: Int? = nil, digests: Bool = false,
    fileID: UniqueID? = nil, created: Timestamp? = nil
  ) {
    self.compression = compression
    self.chunkSizeBytes = chunkSizeBytes
    self.digests = digests
    self.fileID = fileID
    self.created = created
  }
}
