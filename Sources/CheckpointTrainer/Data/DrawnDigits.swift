import CCheckpointShims
public import SystemPackage

/// Images of the digits 0 to 9 that the library draws itself, so that an example needs no download.
///
/// Each digit is a set of strokes; each image bends, scales, slants, turns and shifts them, draws
/// them with a pen of random width and adds noise. The same seed gives the same files.
public struct DrawnDigits: Sendable, Hashable {
  /// Pixels of a side, as in MNIST.
  public static let sideLength = 28

  /// Images to train on.
  public var trainingCount: Int
  /// Images to validate with; drawn from another generator than the training images.
  public var validationCount: Int
  /// What the images follow from.
  public var seed: UInt64

  /// A data set to be drawn.
  public init(trainingCount: Int = 5000, validationCount: Int = 1000, seed: UInt64 = 2018) {
    self.trainingCount = trainingCount
    self.validationCount = validationCount
    self.seed = seed
  }

  /// Draws the images and writes them as four IDX files with MNIST's names, replacing what is
  /// there. The directory is made if it is missing (but not the one above it).
  ///
  /// - Throws: `.fileNotWritable`.
  public func write(to directory: FilePath) throws(TrainerError) {
    try makeDirectory(directory)
    let names = DigitImages.fileNames
    let training = drawn(trainingCount, name: "training")
    try training.images.write(to: directory.appending(names.trainingImages))
    try training.labels.write(to: directory.appending(names.trainingLabels))
    let validation = drawn(validationCount, name: "validation")
    try validation.images.write(to: directory.appending(names.validationImages))
    // Last, so that the files are all there once this one is.
    try validation.labels.write(to: directory.appending(names.validationLabels))
  }

  /// The data set in `directory`: drawn and written first if there is none.
  ///
  /// - Throws: `.fileNotWritable`, `.fileNotReadable`, `.invalidData`.
  public func images(in directory: FilePath) throws(TrainerError) -> DigitImages {
    if DigitImages.path(of: DigitImages.fileNames.validationLabels, in: directory) == nil {
      try write(to: directory)
    }
    return try DigitImages(directory: directory)
  }

  /// Images and labels in random order, every digit equally often (give or take one).
  func drawn(_ count: Int, name: String) -> (images: IDXFile, labels: IDXFile) {
    var generator = RandomGenerator(seed: seed, name: name)
    let side = DrawnDigits.sideLength
    let labels = generator.permutation(of: count).map { UInt8($0 % 10) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * side * side)
    for label in labels {
      DrawnDigits.draw(Int(label), with: &generator, appendingTo: &pixels)
    }
    return (
      IDXFile(shape: [count, side, side], elements: pixels),
      IDXFile(shape: [count], elements: labels)
    )
  }

  /// Draws one digit and appends its pixels.
  static func draw(
    _ digit: Int, with generator: inout RandomGenerator, appendingTo pixels: inout [UInt8]
  ) {
    let variants = DigitStrokes.variants[digit]
    let strokes = variants[generator.integer(below: variants.count)]
    let pose = DigitPose(random: &generator, sideLength: Float(sideLength))
    let radius = generator.uniform(in: 0.55..<1.5)
    let ink = generator.uniform(in: 0.55..<1)
    let noise = generator.uniform(in: 0.05..<0.25)

    var image = [Float](repeating: 0, count: sideLength * sideLength)
    for stroke in strokes {
      let points = stroke.map { pose.place($0, jitter: &generator) }
      image.withUnsafeMutableBufferPointer { buffer in
        guard let pixels = buffer.baseAddress else { return }
        for (from, to) in zip(points, points.dropFirst()) {
          ckpt_draw_line(
            pixels, sideLength, sideLength, from.x, from.y, to.x, to.y, radius)
        }
      }
    }
    for value in image {
      // Two uniform numbers make a triangular one: noise without a logarithm per pixel.
      let noisy = value * ink + noise * (generator.uniform() + generator.uniform() - 1)
      pixels.append(UInt8(min(max(noisy, 0), 1) * 255))
    }
  }
}
