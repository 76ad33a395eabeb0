import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("Drawn digits")
struct DrawnDigitsTests {
  let small = DrawnDigits(trainingCount: 60, validationCount: 20, seed: 5)

  @Test("come back from four files named like MNIST's")
  func files() throws {
    let directory = try TemporaryDirectory()
    try small.write(to: directory.path)
    let images = try DigitImages(directory: directory.path)
    #expect(images.trainingImages.shape == [60, 784])
    #expect(images.validationImages.shape == [20, 784])
    #expect(Set(images.trainingLabels) == Set(0...9))
    #expect(images.trainingImages.elements.allSatisfy { (0...1).contains($0) })
    let file = try IDXFile(contentsOf: directory.path.appending("train-images-idx3-ubyte"))
    #expect(file.shape == [60, 28, 28])
  }

  @Test("follow from the seed alone")
  func deterministic() {
    let again = DrawnDigits(trainingCount: 60, validationCount: 20, seed: 5)
    #expect(small.drawn(20, name: "training") == again.drawn(20, name: "training"))
    let other = DrawnDigits(seed: 6)
    #expect(small.drawn(20, name: "training") != other.drawn(20, name: "training"))
  }

  @Test("differ between training and validation")
  func splits() {
    #expect(small.drawn(20, name: "training") != small.drawn(20, name: "validation"))
  }

  @Test("have ink in the middle, whatever the digit", arguments: 0...9)
  func ink(digit: Int) {
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<5 {
      var pixels: [UInt8] = []
      DrawnDigits.draw(digit, with: &generator, appendingTo: &pixels)
      #expect(pixels.count == 784)
      #expect(pixels.filter { $0 > 127 }.count > 10)
    }
  }

  @Test("are drawn only where there are none yet")
  func reuse() throws {
    let directory = try TemporaryDirectory()
    let first = try small.images(in: directory.path)
    let other = DrawnDigits(trainingCount: 10, validationCount: 10, seed: 99)
    #expect(try other.images(in: directory.path) == first)
  }

  @Test("whose labels are another set's are refused")
  func mixedUp() throws {
    let directory = try TemporaryDirectory()
    try small.write(to: directory.path)
    try IDXFile(shape: [3], elements: [1, 2, 3]).write(
      to: directory.path.appending("train-labels-idx1-ubyte"))
    #expect {
      try DigitImages(directory: directory.path)
    } throws: { "\($0)".contains("labels of shape [3] for the 60 images") }
  }
}
