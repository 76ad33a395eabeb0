import Checkpoint

@testable import CheckpointExchange

extension StreamedTensor {
  /// A tensor out of memory.
  init(_ name: String, _ dtype: DType, _ shape: [Int], bytes: [UInt8]) throws {
    try self.init(name: name, dtype: dtype, shape: shape) { range, buffer in
      buffer.copyBytes(from: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }
  }

  init<T: TensorElement>(_ name: String, _ elements: [T], _ shape: [Int]) throws {
    try self.init(
      name, T.dtype, shape, bytes: elements.withUnsafeBytes { Array($0) })
  }

  /// All its bytes, read `pieceBytes` at a time.
  func bytes(pieceBytes: Int = .max) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(sizeBytes))
    try bytes.withUnsafeMutableBytes { all in
      var start = 0
      while start < all.count {
        let end = start + min(pieceBytes, all.count - start)
        try read(
          UInt64(start)..<UInt64(end),
          into: UnsafeMutableRawBufferPointer(rebasing: all[start..<end]))
        start = end
      }
    }
    return bytes
  }

  func elements<T: TensorElement>(_ type: T.Type, pieceBytes: Int = .max) throws -> [T] {
    try Tensor(dtype: dtype, shape: shape, bytes: bytes(pieceBytes: pieceBytes)).elements(as: type)
  }
}
