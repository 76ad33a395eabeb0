public import Checkpoint

/// A tensor on its way from one format to another: its bytes come when they are asked for, verified, so that
/// a file larger than memory passes through a few megabytes.
@safe
public struct StreamedTensor: Sendable {
  /// Fills the buffer with that range of the tensor's bytes: elements in row-major order,
  /// little-endian. Threads may call it at the same time.
  public typealias Read =
    @Sendable (Range<UInt64>, UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void

  /// The name, in the form of the side it is going to.
  public var name: String
  /// The elements' type.
  public let dtype: DType
  /// The extent of each dimension.
  public let shape: [Int]
  /// Bytes of all elements.
  public let sizeBytes: UInt64
  private let bytes: Read

  /// A tensor whose bytes `read` provides.
  /// - Throws: `CheckpointError` with code `invalidArgument` if there is no such dtype and shape: a
  ///   negative dimension, a size beyond 64 bits, sub-byte elements that don't fill bytes.
  public init(
    name: String, dtype: DType, shape: [Int], read: @escaping Read
  ) throws(CheckpointError) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    let declaration = TensorDeclaration(name: name, dtype: dtype, shape: shape)
    do throws(FormatError) {
      sizeBytes = try declaration.sizeBytes()
    } catch {
      throw CheckpointError(.invalidArgument, error.detail, item: name)
    }
    unsafe bytes = read
  }

  /// Fills `buffer` with bytes `range`.
  /// - Parameter buffer: exactly as many bytes as `range`.
  /// - Throws: `CheckpointError`: what the source throws, damage among it.
  public func read(
    _ range: Range<UInt64>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    precondition(buffer.count == Int(range.upperBound - range.lowerBound))
    guard !range.isEmpty else { return }
    try unsafe bytes(range, buffer)
  }
}
