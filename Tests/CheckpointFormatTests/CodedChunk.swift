import CheckpointFormat

/// A chunk as it would stand in a file, to be damaged.
struct CodedChunk {
  var record: ChunkRecord
  var stored: [UInt8]
  let dtype: DType

  init(_ bytes: [UInt8], dtype: DType, encoder: ChunkEncoder) {
    var output = [UInt8](repeating: 0, count: bytes.count)
    record = bytes.withUnsafeBytes { bytes in
      output.withUnsafeMutableBytes { encoder.encode(bytes, dtype: dtype, into: $0).record }
    }
    stored = Array(output.prefix(Int(record.storedBytes)))
    self.dtype = dtype
  }

  /// With other stored bytes, and the checksum of these: so that the decoder itself is reached.
  func replacingStored(_ bytes: [UInt8]) -> CodedChunk {
    var copy = self
    copy.stored = bytes
    copy.record.storedBytes = UInt32(bytes.count)
    copy.record.storedChecksum = CRC32C.checksum(bytes)
    return copy
  }

  /// The decoded bytes. Writes outside the output are found: it stands between guards.
  func decoded(by decoder: ChunkDecoder) throws -> [UInt8] {
    let count = Int(record.logicalBytes)
    let guards = 64
    var output = [UInt8](repeating: 0xC5, count: count + 2 * guards)
    let result: Result<Void, FormatError> = output.withUnsafeMutableBytes { output in
      stored.withUnsafeBytes { stored in
        Result { () throws(FormatError) in
          try decoder.decode(
            stored, record: record, dtype: dtype,
            into: UnsafeMutableRawBufferPointer(rebasing: output[guards..<guards + count]))
        }
      }
    }
    guard output[..<guards].allSatisfy({ $0 == 0xC5 }),
      output[(guards + count)...].allSatisfy({ $0 == 0xC5 })
    else { throw OutOfBounds() }
    try result.get()
    return Array(output[guards..<guards + count])
  }

  /// The codecs that are used: the chunk's, or the planes'.
  func codecs(width: Int) -> Set<UInt8> {
    guard record.transform != 0 else { return [record.codec] }
    return Set((0..<width).map { stored[8 * $0] })
  }

  /// The decoder wrote where it must not.
  struct OutOfBounds: Error {}
}
