import CheckpointTrainer
import SystemPackage
import Testing

@Suite("IDX files")
struct IDXFileTests {
  /// Two images of 2 × 3 pixels, as MNIST's page describes the bytes.
  static let bytes: [UInt8] =
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12).map { UInt8($0 * 20) }

  @Test("are read")
  func reading() throws {
    let file = try IDXFile(parsing: IDXFileTests.bytes, name: "images")
    #expect(file.shape == [2, 2, 3])
    #expect(file.elements.first == 20)
    #expect(file.unitScaled.shape == [2, 6])
    #expect(file.unitScaled.elements.last == 240.0 / 255)
  }

  @Test("are written byte for byte as they were read")
  func writing() throws {
    let file = try IDXFile(parsing: IDXFileTests.bytes, name: "images")
    #expect(file.encoded == IDXFileTests.bytes)
  }

  @Test("that are malformed are refused, with name, offset and reason")
  func malformed() {
    let huge: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xff, count: 12)
    let cases: [([UInt8], String)] = [
      ([], "f: at byte 0: the file ends after 0 bytes"),
      ([0x1f, 0x8b, 8, 0, 0], "f: at byte 5: the packed data are cut off"),
      (Array("<html>".utf8), "f: at byte 0: an IDX file starts with two zero bytes"),
      ([0, 0, 0x0d, 1, 0, 0, 0, 0], "f: at byte 2: elements of type 0xd"),
      ([0, 0, 8, 0], "f: at byte 3: an array without axes"),
      ([0, 0, 8, 3, 0, 0, 0, 2], "f: at byte 8: the file ends inside the header of 16 bytes"),
      (IDXFileTests.bytes.dropLast(), "f: at byte 16: the header's shape [2, 2, 3] takes 12 bytes"),
      (IDXFileTests.bytes + [0], "f: at byte 16: the header's shape [2, 2, 3] takes 12 bytes"),
      (huge, "f: at byte 4: the header's shape"),
    ].map { (Array($0.0), $0.1) }
    for (bytes, message) in cases {
      #expect {
        try IDXFile(parsing: bytes, name: "f")
      } throws: { error in
        (error as? TrainerError)?.code == .invalidData && "\(error)".hasPrefix(message)
      }
    }
  }

  @Test("that are missing are an error with the path")
  func missing() {
    #expect {
      try IDXFile(contentsOf: "/nonexistent/images")
    } throws: { error in
      (error as? TrainerError)?.code == .fileNotReadable
        && "\(error)".contains("/nonexistent/images")
    }
  }
}
