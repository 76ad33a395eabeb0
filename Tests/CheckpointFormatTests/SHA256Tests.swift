import CheckpointFormat
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test(
    "has the values of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func vectors(_ text: String, _ expected: String) {
    let digest = Array(text.utf8).withUnsafeBytes { SHA256.digest(of: $0) }
    #expect(hex(digest) == expected)
  }

  @Test("does not depend on how the input is cut into pieces")
  func pieces() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = bytes.withUnsafeBytes { SHA256.digest(of: $0) }
    for length in 1...130 {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        hash.update(bytes[start..<min(start + length, bytes.count)])
      }
      #expect(hash.digest() == whole, "pieces of \(length) bytes")
    }
  }

  @Test("pads right at every length around a block's end")
  func lengths() {
    // SHA-256 over the digests of 0...200 times the byte 0x61: any wrong one changes it. The value is
    // that of Python's hashlib.
    var hash = SHA256()
    for length in 0...200 {
      let digest = [UInt8](repeating: 0x61, count: length)
        .withUnsafeBytes { SHA256.digest(of: $0) }
      hash.update(digest[...])
    }
    #expect(
      hex(hash.digest()) == "1be2d7d291484baf4c78d463a65b40a26c255b1946e5205eac8edad606a76fdd")
  }
}
