import CheckpointTrainer
import Foundation
import SystemPackage
import Testing

@Suite("IDX files packed by gzip")
struct PackedFileTests {
  private func read(_ bytes: [UInt8]) throws -> IDXFile {
    try IDXFile(parsing: bytes, name: "f.gz")
  }

  private func expectRefusal(_ bytes: [UInt8], _ message: String) {
    #expect {
      try read(bytes)
    } throws: { error in
      (error as? TrainerError)?.code == .invalidData && "\(error)".hasPrefix(message)
    }
  }

  @Test("are read as they were before")
  func reading() throws {
    #expect(try read(PackedSamples.images).encoded == IDXFileTests.bytes)
    let zeros = try read(PackedSamples.zeros(70_000, after: [0, 0, 8, 1, 0, 1, 17, 112]))
    #expect(zeros.shape == [70_000] && zeros.elements.allSatisfy { $0 == 0 })
  }

  @Test("that are longer than what is unpacked first, and packed in two parts")
  func parts() throws {
    // [2, 600] in all: header and one zero less a row in the first part.
    let first = PackedSamples.zeros(1100, after: [0, 0, 8, 2, 0, 0, 0, 12, 0, 0, 0, 100])
    let second = PackedSamples.zeros(99, after: [7])
    let file = try read(first + second)
    #expect(file.shape == [12, 100])
    #expect(file.elements[1100] == 7)
    #expect(file.elements.count { $0 == 0 } == 1199)
  }

  @Test("cut off anywhere are refused")
  func cutOff() {
    let bytes = PackedSamples.images
    for length in 2..<bytes.count {
      expectRefusal(Array(bytes[..<length]), "f.gz: at byte \(length): the packed data are cut off")
    }
  }

  @Test("with any bit flipped are refused, or hold the same")
  func flipped() {
    for bit in 16..<PackedSamples.images.count * 8 {
      var bytes = PackedSamples.images
      bytes[bit / 8] ^= 1 << (bit % 8)
      do {
        #expect(try read(bytes).encoded == IDXFileTests.bytes, "bit \(bit)")
        // The time, the name, flags that say nothing of the data; bits that fill up the last byte.
        #expect(bit / 8 < 17 || bit / 8 == PackedSamples.images.count - 9, "bit \(bit)")
      } catch {
        #expect((error as? TrainerError)?.code == .invalidData)
      }
    }
  }

  @Test("that are long are checked to their last byte")
  func longEnd() {
    let start: [UInt8] = [0, 0, 8, 1, 0, 1, 17, 112]
    let bytes = PackedSamples.zeros(70_000, after: start)
    for offset in bytes.count - 8..<bytes.count {
      var damaged = bytes
      damaged[offset] ^= 1
      expectRefusal(damaged, "f.gz: at byte ")
      expectRefusal(
        Array(bytes[..<offset]), "f.gz: at byte \(offset): the packed data are cut off")
    }
    expectRefusal(
      PackedSamples.zeros(70_001, after: start),
      "f.gz, unpacked: at byte 8: the header's shape [70000] takes 70000 bytes, but more follow")
  }

  @Test("that would unpack to more than their header says are not unpacked to the end")
  func bomb() {
    let bomb = PackedSamples.zeros(20_000_000, after: [0, 0, 8, 1, 0, 0, 0, 1])
    #expect(bomb.count < 200_000)
    expectRefusal(bomb, "f.gz, unpacked: at byte 8: the header's shape [1] takes 1 bytes, but more")
  }

  @Test("whose header promises more than the file can hold get no memory for it")
  func promise() {
    let huge = PackedSamples.zeros(2000, after: [0, 0, 8, 1, 127, 0, 0, 0])
    expectRefusal(huge, "f.gz, unpacked: at byte 8: the header's shape [2130706432] takes")
    let short = PackedSamples.zeros(9, after: [0, 0, 8, 1, 0, 0, 0, 10])
    expectRefusal(
      short, "f.gz, unpacked: at byte 8: the header's shape [10] takes 10 bytes, but 9 follow")
  }

  @Test("with something behind them, or with something else in them, are refused")
  func other() {
    let end = PackedSamples.images.count
    expectRefusal(
      PackedSamples.images + [0], "f.gz: at byte \(end): something else follows the packed data")
    expectRefusal(
      PackedSamples.zeros(9, after: Array("<html>".utf8)),
      "f.gz, unpacked: at byte 0: an IDX file starts with two zero bytes")
  }

  @Test("of MNIST are found under their names, with .gz or a dot")
  func digits() throws {
    let directory = try TemporaryDirectory()
    let drawn = try DrawnDigits(trainingCount: 20, validationCount: 10).images(
      in: directory.path.appending("digits"))
    let other = directory.path.appending("other")
    try FileManager.default.createDirectory(atPath: other.string, withIntermediateDirectories: true)
    for (name, renamed) in [
      ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
      ("train-labels-idx1-ubyte", "train-labels-idx1-ubyte"),
      ("t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte"),
    ] {
      try FileManager.default.copyItem(
        atPath: directory.path.appending("digits").appending(name).string,
        toPath: other.appending(renamed).string)
    }
    try Data(PackedSamples.zeros(10, after: [0, 0, 8, 1, 0, 0, 0, 10])).write(
      to: URL(fileURLWithPath: other.appending("t10k-labels-idx1-ubyte.gz").string))
    // Nothing is drawn where there is a data set.
    let images = try DrawnDigits().images(in: other)
    #expect(images.trainingImages == drawn.trainingImages)
    #expect(images.validationLabels == [Int](repeating: 0, count: 10))
    #expect(images.imageShape == [28, 28])
  }
}
