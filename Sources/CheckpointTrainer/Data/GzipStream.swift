import CZlib

/// Bytes that gzip has packed (RFC 1952), unpacked as far as they are asked for: what they would
/// unpack to in the end is nowhere near memory before somebody wants it. Checksums are checked.
final class GzipStream {
  private let packed: [UInt8]
  private let name: String
  // Allocated, because zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isReady: Bool
  private var position = 0
  private var state = State.open

  private enum State {
    case open
    /// All has been unpacked, and its checksum is right.
    case ended
    case failed(String)
  }

  /// How many bytes one packed byte stands for at most: a property of the method.
  static let largestRatio = 1032

  /// Bytes given to zlib at a time; it counts in 32 bits.
  private static let sliceBytes = 1 << 30

  /// - Parameters:
  ///   - packed: a whole file.
  ///   - name: the file, for messages.
  init(_ packed: [UInt8], name: String) {
    self.packed = packed
    self.name = name
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window as always, and 16 for the header and the checksum of gzip.
    isReady = ckpt_inflate_init(stream, 15 + 16) == Z_OK
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Whether a file begins as gzip's do.
  static func isPacked(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x1f, 0x8b])
  }

  /// The next bytes, so many of them; fewer at the end only.
  ///
  /// - Throws: `.invalidData` with the offset in the packed file if it is cut off, damaged, or
  ///   followed by something else.
  func read(_ count: Int) throws(TrainerError) -> [UInt8] {
    guard isReady else {
      throw TrainerError(.invalidData, "\(name): there is no memory to unpack it")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = fill(buffer)
    }
    if case .failed(let what) = state {
      throw TrainerError(.invalidData, "\(name): at byte \(position): \(what)")
    }
    return bytes
  }

  /// Unpacks until the buffer is full, or nothing comes any more.
  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var count = 0
    packed.withUnsafeBufferPointer { input in
      while case .open = state, count < buffer.count {
        let given = min(input.count - position, GzipStream.sliceBytes)
        let room = min(buffer.count - count, GzipStream.sliceBytes)
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.advanced(by: position))
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = buffer.baseAddress?.advanced(by: count)
        stream.pointee.avail_out = UInt32(room)
        let result = inflate(stream, Z_NO_FLUSH)
        position += given - Int(stream.pointee.avail_in)
        count += room - Int(stream.pointee.avail_out)
        advance(after: result)
      }
    }
    return count
  }

  private func advance(after result: Int32) {
    switch result {
    case Z_OK: break
    case Z_STREAM_END:
      if position == packed.count {
        state = .ended
      } else if GzipStream.isPacked(packed[position...]), inflateReset(stream) == Z_OK {
        // Packed files one behind the other are one packed file.
      } else {
        state = .failed("something else follows the packed data")
      }
    case Z_BUF_ERROR: state = .failed("the packed data are cut off: fetch the file again")
    default: state = .failed("the packed data are damaged: fetch the file again")
    }
  }
}
