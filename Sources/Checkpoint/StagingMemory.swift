internal import CheckpointFormat
internal import CheckpointIO

/// Where background saves copy tensors to, if they are to be copied. The memory is kept for the next save.
final class StagingMemory: Sendable {
  private let kept = Locked<TouchedMemory?>(nil)

  /// Bytes that a thread copies at a time.
  private static let pieceBytes = 8 << 20
  /// Of each tensor's place.
  private static let alignmentBytes = 64

  /// A copy's memory, given back when the last tensor in it is gone.
  fileprivate final class Copy: Sendable {
    let memory: TouchedMemory
    private let staging: StagingMemory

    init(_ memory: TouchedMemory, of staging: StagingMemory) {
      self.memory = memory
      self.staging = staging
    }

    deinit { staging.keep(memory) }
  }

  private struct Piece: Sendable {
    let tensor: Tensor
    let range: Range<Int>
    /// Where in the copy.
    let place: Int
  }

  /// Gets memory for copies of so many bytes beforehand.
  func prepare(_ checkpoint: Checkpoint) {
    keep(take(checkpoint.tensors.values.reduce(0) { $0 + Self.room(for: $1) }))
  }

  /// Gives memory back to the system.
  func release() { kept.withLock { $0 = nil } }

  /// The same checkpoint with tensors of its own, copied on the pool's threads.
  func copy(of checkpoint: Checkpoint) -> Checkpoint {
    var result = checkpoint
    var pieces: [Piece] = []
    var places: [String: Range<Int>] = [:]
    var end = 0
    for (name, tensor) in checkpoint.tensors {
      for start in stride(from: 0, to: tensor.sizeBytes, by: Self.pieceBytes) {
        pieces.append(
          Piece(
            tensor: tensor, range: start..<min(start + Self.pieceBytes, tensor.sizeBytes),
            place: end + start))
      }
      places[name] = end..<end + tensor.sizeBytes
      end += Self.room(for: tensor)
    }
    let copy = Copy(take(end), of: self)
    let all = pieces
    BlockingPool.shared.forEach(count: all.count) { number throws(Never) in
      let piece = all[number]
      piece.tensor.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: copy.memory.bytes[piece.place...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[piece.range]))
      }
    }
    for (name, place) in places {
      guard let tensor = checkpoint.tensors[name] else { continue }
      result.tensors[name] = Tensor(
        dtype: tensor.dtype, shape: tensor.shape, storage: StagedStorage(copy: copy, range: place))
    }
    return result
  }

  private static func room(for tensor: Tensor) -> Int {
    tensor.sizeBytes.aligned(to: alignmentBytes)
  }

  private func take(_ count: Int) -> TouchedMemory {
    let found = kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
    if let found, found.bytes.count >= count { return found }
    return TouchedMemory(sizeBytes: count)
  }

  private func keep(_ memory: TouchedMemory) {
    kept.withLock { kept in
      if memory.bytes.count > kept?.bytes.count ?? 0 { kept = memory }
    }
  }
}

/// A part of the memory of a copy.
private struct StagedStorage: TensorStorage {
  let copy: StagingMemory.Copy
  let range: Range<Int>

  var byteCount: Int { range.count }

  func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(rebasing: copy.memory.bytes[range]))
  }
}
