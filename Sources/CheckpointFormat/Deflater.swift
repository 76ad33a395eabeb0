internal import CZlib

/// A zlib compressor of raw deflate streams (RFC 1951), reused from stream to stream.
@safe final class Deflater {
  /// zlib's parameters.
  struct Strategy {
    var level: Int32
    var strategy: Int32

    /// Literals only, coded by frequency.
    static let huffmanOnly = Strategy(level: 1, strategy: Z_HUFFMAN_ONLY)
    /// The usual search for repetitions.
    static let standard = Strategy(level: 6, strategy: Z_DEFAULT_STRATEGY)
  }

  // Allocated, because zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isReady: Bool

  init(_ strategy: Strategy) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    isReady =
      unsafe ckpt_deflate_init(stream, strategy.level, -15, strategy.strategy) == Z_OK
  }

  deinit {
    if isReady { unsafe deflateEnd(stream) }
    unsafe stream.deallocate()
  }

  /// Compresses `input` into `output`; nil if it doesn't fit.
  func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int?
  {
    guard isReady, unsafe deflateReset(stream) == Z_OK else { return nil }
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(output.count)
    guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
    return unsafe output.count - Int(stream.pointee.avail_out)
  }
}

/// The inverse.
@safe final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let isReady: Bool

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    isReady = unsafe ckpt_inflate_init(stream, -15) == Z_OK
  }

  deinit {
    if isReady { unsafe inflateEnd(stream) }
    unsafe stream.deallocate()
  }

  /// Decompresses `input`, which must be one whole stream that fills `output` exactly.
  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard isReady, unsafe inflateReset(stream) == Z_OK else { return false }
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(output.count)
    let result = unsafe inflate(stream, Z_FINISH)
    return unsafe result == Z_STREAM_END && stream.pointee.avail_in == 0
      && stream.pointee.avail_out == 0
  }
}
