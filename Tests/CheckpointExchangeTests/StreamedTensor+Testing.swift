import Checkpoint

@testable import CheckpointExchange

extension StreamedTensor {
  /// A tensor of these bytes.
  static func of(
    _ name: String, _ dtype: DType, _ shape: [Int], _ bytes: [UInt8]
  ) throws -> StreamedTensor {
    try StreamedTensor(name: name, dtype: dtype, shape: shape) { range, buffer in
      bytes.withUnsafeBytes {
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)]))
      }
    }
  }

  /// A tensor of as many different bytes as its shape takes.
  static func counting(_ name: String, _ dtype: DType, _ shape: [Int]) throws -> StreamedTensor {
    let size = try StreamedTensor.of(name, dtype, shape, []).sizeBytes
    let bytes = (0..<Int(size)).map { index in
      dtype == .bool ? UInt8(index % 2) : UInt8(truncatingIfNeeded: index * 7 + 1)
    }
    return try of(name, dtype, shape, bytes)
  }

  /// All of its bytes, in pieces of `step`.
  func bytes(step: Int = 1 << 20) throws(CheckpointError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(sizeBytes))
    for start in stride(from: 0, to: bytes.count, by: step) {
      let range = start..<min(start + step, bytes.count)
      let result: Result<Void, CheckpointError> = bytes.withUnsafeMutableBytes { buffer in
        Result { () throws(CheckpointError) in
          try read(
            UInt64(range.lowerBound)..<UInt64(range.upperBound),
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[range]))
        }
      }
      try result.get()
    }
    return bytes
  }
}
