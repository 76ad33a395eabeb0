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

  func elements<T: TensorElement>(_ type: T.Type, pieceBytes: Int = .max) throws -> [T] {
    try Tensor(dtype: dtype, shape: shape, bytes: bytes(step: pieceBytes)).elements(as: type)
  }
}
