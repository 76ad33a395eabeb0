import Testing

@testable import CheckpointFormat

@Suite("Bytes")
struct ByteViewTests {
  @Test("are plain text as long as none is zero or beyond ASCII, wherever it stands")
  func plainText() {
    for count in 0...20 {
      let plain = (0..<count).map { $0 % 2 == 0 ? UInt8(0x01) : 0x7F }
      #expect(ByteView(plain).isPlainText(0..<count))
      for place in 0..<count {
        for byte: UInt8 in [0x00, 0x80, 0xC3, 0xFF] {
          var bytes = plain
          bytes[place] = byte
          #expect(!ByteView(bytes).isPlainText(0..<count), "\(byte) at \(place) of \(count)")
          #expect(ByteView(bytes).isPlainText(place + 1..<count))
        }
      }
    }
  }

  @Test("are ordered as arrays are")
  func order() {
    let words: [[UInt8]] = [[], [1], [1, 2], [1, 255], [2], [255]]
    for a in words {
      for b in words {
        let view = ByteView(a + b)
        #expect(
          view.precedes(0..<a.count, a.count..<a.count + b.count) == a.lexicographicallyPrecedes(b))
      }
    }
  }
}
