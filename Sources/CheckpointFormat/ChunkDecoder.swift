internal import CCheckpointShims
internal import CLZ4

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Checks and decodes chunks (`FORMAT.md` §4.4, §6). Trusts nothing: every length is checked
/// against both buffers. One per thread: it reuses its memory, at most one chunk.
package final class ChunkDecoder {
  private let inflater = Inflater()
  private var planes: [UInt8] = []

  package init() {}

  /// Checks the stored bytes, decodes them into `output`, and checks the result.
  /// - Parameters:
  ///   - stored: `record.storedBytes` bytes.
  ///   - output: `record.logicalBytes` bytes.
  package func decode(
    _ stored: UnsafeRawBufferPointer, record: ChunkRecord, dtype: DType,
    into output: UnsafeMutableRawBufferPointer
  ) throws(FormatError) {
    precondition(output.count == Int(record.logicalBytes))
    guard stored.count == Int(record.storedBytes) else {
      throw FormatError(.truncated, "the chunk is cut off", offset: record.offset)
    }
    guard unsafe CRC32C.checksum(stored) == record.storedChecksum else {
      throw FormatError(
        .storedChecksum, "the chunk's bytes are not those that were written", offset: record.offset)
    }
    guard let transform = ChunkTransform(rawValue: record.transform) else {
      throw FormatError(.transform, "unknown transform \(record.transform)", offset: record.offset)
    }
    let checksum: UInt32
    if transform == .none {
      try unsafe decodeRun(stored, codec: record.codec, into: output, record: record)
      if record.codec == ChunkCodec.raw.rawValue { return }
      checksum = unsafe CRC32C.checksum(UnsafeRawBufferPointer(output))
    } else {
      checksum = try unsafe decodePlanes(
        stored, transform: transform, dtype: dtype, into: output, record: record)
    }
    guard checksum == record.logicalChecksum else {
      throw FormatError(
        .logicalChecksum, "the chunk decodes to other bytes than were written",
        offset: record.offset)
    }
  }

  /// Checks raw bytes that were read to where they are wanted.
  package static func checkRaw(
    _ bytes: UnsafeRawBufferPointer, record: ChunkRecord
  ) throws(FormatError) {
    try checkRaw(checksum: unsafe CRC32C.checksum(bytes), record: record)
  }

  /// Checks raw bytes and copies them, in one pass over them, to `output`, which is as long.
  package static func copyRaw(
    _ bytes: UnsafeRawBufferPointer, record: ChunkRecord,
    to output: UnsafeMutableRawBufferPointer
  ) throws(FormatError) {
    precondition(output.count == bytes.count)
    let checksum = unsafe CRC32C.checksum(
      bytes,
      preparing: { piece, start in
        unsafe UnsafeMutableRawBufferPointer(rebasing: output[start..<start + piece.count])
          .copyMemory(from: piece)
      })
    try checkRaw(checksum: checksum, record: record)
  }

  /// Checks raw bytes by their CRC-32C.
  package static func checkRaw(checksum: UInt32, record: ChunkRecord) throws(FormatError) {
    guard checksum == record.storedChecksum else {
      throw FormatError(
        .storedChecksum, "the chunk's bytes are not those that were written", offset: record.offset)
    }
  }

  /// - Returns: the CRC-32C of what it decoded to.
  private func decodePlanes(
    _ stored: UnsafeRawBufferPointer, transform: ChunkTransform, dtype: DType,
    into output: UnsafeMutableRawBufferPointer, record: ChunkRecord
  ) throws(FormatError) -> UInt32 {
    let width = dtype.scalarBytes
    let count = output.count / width
    guard width > 1, output.count % width == 0, transform != .floatSplit || dtype.splitsAsFloat
    else {
      throw FormatError(
        .transform, "\(transform) of \(output.count) bytes of \(dtype)", offset: record.offset)
    }
    guard stored.count >= 8 * width else {
      throw FormatError(.planeTable, "the plane table is cut off", offset: record.offset)
    }
    if planes.count < output.count { planes = [UInt8](repeating: 0, count: output.count) }
    var end = 8 * width
    var runs: [(codec: UInt8, range: Range<Int>)] = []
    for plane in 0..<width {
      let entry = unsafe stored.loadUnaligned(fromByteOffset: 8 * plane, as: UInt64.self)
        .littleEndian
      let length = Int(entry >> 32)
      guard entry & 0xFFFF_FF00 == 0, (1...count).contains(length), length <= stored.count - end
      else {
        throw FormatError(.planeTable, "plane \(plane) of \(length) bytes", offset: record.offset)
      }
      runs.append((UInt8(truncatingIfNeeded: entry), end..<end + length))
      end += length
    }
    guard end == stored.count else {
      throw FormatError(.planeTable, "bytes are left after the planes", offset: record.offset)
    }
    // withUnsafeMutableBytes rethrows untyped; the result carries the error out.
    let result: Result<UInt32, FormatError> = unsafe planes.withUnsafeMutableBytes { planes in
      Result { () throws(FormatError) in
        var sources: [UnsafePointer<UInt8>?] = unsafe []
        for (plane, run) in runs.enumerated() {
          let input = unsafe UnsafeRawBufferPointer(rebasing: stored[run.range])
          // Raw planes are taken from where they are.
          if run.codec == ChunkCodec.raw.rawValue, input.count == count {
            unsafe sources.append(input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            continue
          }
          let memory = unsafe UnsafeMutableRawBufferPointer(
            rebasing: planes[plane * count..<(plane + 1) * count])
          try unsafe decodeRun(input, codec: run.codec, into: memory, record: record)
          unsafe sources.append(
            UnsafePointer(memory.baseAddress?.assumingMemoryBound(to: UInt8.self)))
        }
        return unsafe merge(
          sources, isRotated: transform == .floatSplit, width: width, into: output)
      }
    }
    return try result.get()
  }

  /// - Returns: the CRC-32C of the merged bytes.
  private func merge(
    _ planes: [UnsafePointer<UInt8>?], isRotated: Bool, width: Int,
    into output: UnsafeMutableRawBufferPointer
  ) -> UInt32 {
    unsafe CRC32C.checksum(
      UnsafeRawBufferPointer(output),
      preparing: { piece, start in
        unsafe ckpt_planes_merge(
          planes, start / width, piece.count / width, width, isRotated,
          output.baseAddress.map { unsafe $0 + start })
      })
  }

  private func decodeRun(
    _ input: UnsafeRawBufferPointer, codec id: UInt8,
    into output: UnsafeMutableRawBufferPointer, record: ChunkRecord
  ) throws(FormatError) {
    guard let codec = ChunkCodec(rawValue: id) else {
      throw FormatError(.codec, "unknown codec \(id)", offset: record.offset)
    }
    let isDecoded: Bool
    switch codec {
    case .raw:
      isDecoded = input.count == output.count
      if isDecoded { unsafe output.copyMemory(from: input) }
    case .constant:
      isDecoded = input.count == 1
      if isDecoded, let base = output.baseAddress {
        unsafe _ = memset(base, Int32(input[0]), output.count)
      }
    case .lz4:
      if let source = input.baseAddress, let target = output.baseAddress {
        unsafe isDecoded =
          Int(
            LZ4_decompress_safe(
              source.assumingMemoryBound(to: CChar.self),
              target.assumingMemoryBound(to: CChar.self), Int32(input.count), Int32(output.count)))
          == output.count
      } else {
        isDecoded = false
      }
    case .deflate, .deflateHuffmanOnly:
      isDecoded = unsafe inflater.decompress(input, into: output)
    case .exponentWindow:
      isDecoded = unsafe ckpt_window_decode(
        input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count,
        output.baseAddress?.assumingMemoryBound(to: UInt8.self), output.count)
    case .fourStreamHuffman:
      isDecoded = unsafe ckpt_huffman_decode(
        input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count,
        output.baseAddress?.assumingMemoryBound(to: UInt8.self), output.count)
    }
    guard isDecoded else {
      throw FormatError(
        .decode, "\(codec) data of \(input.count) bytes does not decode to \(output.count)",
        offset: record.offset)
    }
  }
}
