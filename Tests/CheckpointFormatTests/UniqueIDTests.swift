import CheckpointFormat
import Testing

@Suite("Unique ids")
struct UniqueIDTests {
  @Test("read back from their text")
  func roundTrip() {
    for _ in 0..<200 {
      let id = UniqueID.random()
      #expect(UniqueID(id.description) == id)
      #expect(UniqueID(id.description.uppercased()) == id)
    }
    let known = UniqueID(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)
    #expect(known.description == "00010203-0405-0607-0809-0a0b0c0d0e0f")
    #expect(UniqueID("000102030405060708090a0b0c0d0e0f") == known)
    #expect(UniqueID.none.description == "00000000-0000-0000-0000-000000000000")
  }

  @Test("that are random are of version 4, and differ")
  func random() {
    var seen: Set<UniqueID> = []
    for _ in 0..<1000 {
      let id = UniqueID.random()
      let text = Array(id.description)
      #expect(text[14] == "4" && "89ab".contains(text[19]), "\(id)")
      #expect(seen.insert(id).inserted)
    }
  }

  @Test(
    "refuse other text",
    arguments: [
      "", "0", "00010203-0405-0607-0809-0a0b0c0d0e0", "00010203-0405-0607-0809-0a0b0c0d0e0f0",
      "g0010203-0405-0607-0809-0a0b0c0d0e0f", "+0010203-0405-0607-0809-0a0b0c0d0e0f",
      "00010203-0405-0607-+809-0a0b0c0d0e0f", " 00010203-0405-0607-0809-0a0b0c0d0e0f",
      "é0010203-0405-0607-0809-0a0b0c0d0e0f",
    ])
  func refused(_ text: String) {
    #expect(UniqueID(text) == nil)
  }
}
