import CCheckpointShims
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Byte planes and float split")
struct BytePlanesTests {
  static let cases: [(width: Int, isRotated: Bool)] =
    [2, 4, 8].flatMap { width in [(width, false), (width, true)] }

  /// In pieces of `piece` scalars, or at once; from `offset` on.
  private func split(
    _ bytes: [UInt8], width: Int, isRotated: Bool, piece: Int = .max, offset: Int = 0
  ) -> [UInt8] {
    let count = (bytes.count - offset) / width
    var planes = [UInt8](repeating: 0, count: count * width)
    planes.withUnsafeMutableBufferPointer { planes in
      bytes.withUnsafeBytes { bytes in
        let places = (0..<width).map { plane in planes.baseAddress.map { $0 + plane * count } }
        for start in stride(from: 0, to: count, by: min(piece, max(count, 1))) {
          ckpt_planes_split(
            bytes.baseAddress.map { $0 + offset + start * width }, min(piece, count - start), width,
            isRotated, places, start)
        }
      }
    }
    return planes
  }

  private func merge(_ planes: [UInt8], width: Int, isRotated: Bool, piece: Int = .max) -> [UInt8] {
    let count = planes.count / width
    var bytes = [UInt8](repeating: 0, count: planes.count)
    bytes.withUnsafeMutableBytes { bytes in
      planes.withUnsafeBufferPointer { planes in
        let places = (0..<width).map { plane in planes.baseAddress.map { $0 + plane * count } }
        for start in stride(from: 0, to: count, by: min(piece, max(count, 1))) {
          ckpt_planes_merge(
            places, start, min(piece, count - start), width, isRotated,
            bytes.baseAddress.map { $0 + start * width })
        }
      }
    }
    return bytes
  }

  /// FORMAT.md §6, word by word.
  private func reference(_ bytes: [UInt8], width: Int, isRotated: Bool) -> [UInt8] {
    let count = bytes.count / width
    let bits = UInt64(8 * width)
    var planes = [UInt8](repeating: 0, count: bytes.count)
    for scalar in 0..<count {
      var value: UInt64 = 0
      for byte in 0..<width { value |= UInt64(bytes[scalar * width + byte]) << UInt64(8 * byte) }
      if isRotated {
        value = value << 1 | value >> (bits - 1)
        if bits < 64 { value &= 1 << bits - 1 }
      }
      for plane in 0..<width {
        planes[plane * count + scalar] = UInt8(truncatingIfNeeded: value >> UInt64(8 * plane))
      }
    }
    return planes
  }

  @Test("are those of FORMAT.md §6 and come back, at every count", arguments: cases)
  func roundTrip(width: Int, isRotated: Bool) {
    var random = SplitMix64(seed: 3)
    for count in Array(0...70) + [127, 128, 129, 255, 1001] {
      let bytes = (0..<count * width).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let planes = split(bytes, width: width, isRotated: isRotated)
      #expect(planes == reference(bytes, width: width, isRotated: isRotated), "count \(count)")
      #expect(merge(planes, width: width, isRotated: isRotated) == bytes, "count \(count)")
    }
  }

  @Test("put a float's exponent into the last plane, its sign into the first")
  func exponent() {
    let values: [Float] = [1, -1, 2, -2]
    let bytes = values.withUnsafeBytes { Array($0) }
    let planes = split(bytes, width: 4, isRotated: true)
    #expect(planes[12...] == [0x7F, 0x7F, 0x80, 0x80])
    #expect(planes[..<4] == [0, 1, 0, 1])
  }

  @Test("are the same piece by piece", arguments: cases)
  func pieces(width: Int, isRotated: Bool) {
    let bytes = (0..<1000 * width).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 5) }
    let planes = split(bytes, width: width, isRotated: isRotated)
    for piece in [1, 63, 64, 65, 999] {
      #expect(split(bytes, width: width, isRotated: isRotated, piece: piece) == planes)
      #expect(merge(planes, width: width, isRotated: isRotated, piece: piece) == bytes)
    }
  }

  @Test("need no aligned memory", arguments: cases)
  func unaligned(width: Int, isRotated: Bool) {
    let bytes = (0..<1025).map { UInt8(truncatingIfNeeded: $0) }
    let shifted = Array(bytes[1...])
    #expect(
      split(bytes, width: width, isRotated: isRotated, offset: 1)
        == split(shifted, width: width, isRotated: isRotated))
  }
}
