internal import CCheckpointShims

/// Splits chunks into planes and codes each plane by itself (`FORMAT.md` §6). One per thread: it keeps its
/// memory, as much as a chunk.
final class PlanesEncoder {
  private let coder: PlaneCoder
  private let compression: Compression
  private var planes: [UInt8] = []

  init(coder: PlaneCoder, compression: Compression) {
    self.coder = coder
    self.compression = compression
  }

  /// Each plane's codec, by samples. Looks at a small part of long chunks only.
  func choose(for bytes: UnsafeRawBufferPointer, _ layout: PlaneLayout) -> [PlaneCoder.Choice] {
    if planes.count < bytes.count { planes = [UInt8](repeating: 0, count: bytes.count) }
    return unsafe planes.withUnsafeMutableBytes { planes in
      // What isn't looked at keeps the bytes of earlier chunks.
      let places = unsafe PlanesEncoder.places(layout, in: planes)
      for piece in PlaneCoder.sampledPieces(of: layout.count) {
        let start = piece.lowerBound * layout.width
        unsafe split(
          UnsafeRawBufferPointer(rebasing: bytes[start..<piece.upperBound * layout.width]), layout,
          to: places, at: piece.lowerBound)
      }
      return (0..<layout.width).map { plane in
        unsafe coder.choose(
          forSampled: UnsafeRawBufferPointer(
            rebasing: planes[plane * layout.count..<(plane + 1) * layout.count]),
          compression: compression)
      }
    }
  }

  /// Writes the plane table and the coded planes to `output`, and finds out what is to know about the bytes
  /// on the way. The length is nil if they don't fit.
  func encode(
    _ bytes: UnsafeRawBufferPointer, _ layout: PlaneLayout, dtype: DType,
    as choices: [PlaneCoder.Choice], into output: UnsafeMutableRawBufferPointer
  ) -> (facts: ChunkFacts, length: Int?, features: UInt64) {
    unsafe planes.withUnsafeMutableBytes { planes in
      // Raw planes at the front, floats' mantissas, have their places already.
      let table = 8 * layout.width
      var placed = choices.prefix { $0.codec == .raw }.count
      if table + placed * layout.count > output.count { placed = 0 }
      var places = unsafe PlanesEncoder.places(layout, in: planes)
      if placed > 0 {
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[table...])
        unsafe places.replaceSubrange(
          0..<placed, with: PlanesEncoder.places(layout, in: target).prefix(placed))
      }
      let facts = unsafe ChunkFacts(of: bytes) { piece, start in
        let range = start / layout.width..<(start + piece.count) / layout.width
        unsafe split(piece, layout, to: places, at: range.lowerBound)
        let last = unsafe UnsafeRawBufferPointer(
          start: places[layout.width - 1].map { unsafe $0 + range.lowerBound }, count: range.count)
        let counted: Int? =
          layout.transform == .floatSplit
          ? unsafe NonFinite.count(inExponents: last, dtype: dtype) : nil
        return unsafe counted ?? NonFinite.count(in: piece, dtype: dtype)
      }
      var features: UInt64 = 0
      var end = table
      for (plane, choice) in choices.enumerated() {
        let source = unsafe UnsafeRawBufferPointer(
          rebasing: planes[plane * layout.count..<(plane + 1) * layout.count])
        let coded: (codec: ChunkCodec, length: Int)?
        if plane < placed {
          coded = (.raw, layout.count)
        } else if end < output.count {
          coded = unsafe encode(
            source, as: choice, into: UnsafeMutableRawBufferPointer(rebasing: output[end...]))
        } else {
          coded = nil
        }
        guard let coded else { return (facts, nil, 0) }
        let entry = UInt64(coded.codec.rawValue) | UInt64(coded.length) << 32
        unsafe output.storeBytes(
          of: entry.littleEndian, toByteOffset: 8 * plane, as: UInt64.self)
        end += coded.length
        features |= coded.codec.feature
      }
      return (facts, end, features)
    }
  }

  /// Codes a plane; nil if it doesn't fit.
  private func encode(
    _ plane: UnsafeRawBufferPointer, as choice: PlaneCoder.Choice,
    into output: UnsafeMutableRawBufferPointer
  ) -> (codec: ChunkCodec, length: Int)? {
    var choice = choice
    // The sample was constant; perhaps all of it isn't.
    if choice.codec == .constant {
      choice = unsafe coder.choose(for: plane, compression: compression)
    }
    let target = unsafe UnsafeMutableRawBufferPointer(
      rebasing: output[0..<min(output.count, plane.count)])
    if choice.codec != .raw, let length = unsafe coder.encode(plane, with: choice, into: target) {
      return (choice.codec, length)
    }
    // A codec that does worse on the whole plane than on the sample gives way to raw.
    return unsafe coder.encode(plane, with: .raw, into: output).map { (.raw, $0) }
  }

  private func split(
    _ bytes: UnsafeRawBufferPointer, _ layout: PlaneLayout,
    to places: [UnsafeMutablePointer<UInt8>?], at start: Int
  ) {
    unsafe ckpt_planes_split(
      bytes.baseAddress, bytes.count / layout.width, layout.width,
      layout.transform == .floatSplit, places, start)
  }

  /// Where planes are that follow one another.
  private static func places(
    _ layout: PlaneLayout, in memory: UnsafeMutableRawBufferPointer
  ) -> [UnsafeMutablePointer<UInt8>?] {
    unsafe (0..<layout.width).map { plane in
      unsafe memory.baseAddress.map {
        unsafe $0.assumingMemoryBound(to: UInt8.self) + plane * layout.count
      }
    }
  }
}
