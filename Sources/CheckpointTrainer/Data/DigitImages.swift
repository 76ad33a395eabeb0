public import SystemPackage

/// Images of digits with their labels, for training and for validation: MNIST, or the project's
/// own (`DrawnDigits`).
public struct DigitImages: Sendable, Hashable {
  /// Training images, one row each, pixels from 0 to 1.
  public var trainingImages: FloatTensor
  /// The digit on each training image.
  public var trainingLabels: [Int]
  /// Validation images, one row each.
  public var validationImages: FloatTensor
  /// The digit on each validation image.
  public var validationLabels: [Int]
  /// Rows and columns of pixels of each image.
  public let imageShape: [Int]

  /// The names of the four files, as MNIST has them.
  public static let fileNames = (
    trainingImages: "train-images-idx3-ubyte", trainingLabels: "train-labels-idx1-ubyte",
    validationImages: "t10k-images-idx3-ubyte", validationLabels: "t10k-labels-idx1-ubyte"
  )

  /// Reads the four files from a directory, each as it is or packed by gzip with `.gz` behind its
  /// name. A dot in place of the name's second last hyphen is fine, as some archives have it.
  ///
  /// - Throws: `.fileNotReadable`, or `.invalidData` for a malformed file, for images without
  ///   labels or labels without images.
  public init(directory: FilePath) throws(TrainerError) {
    let (training, validation) = (
      try DigitImages.read(
        DigitImages.fileNames.trainingImages, DigitImages.fileNames.trainingLabels, in: directory),
      try DigitImages.read(
        DigitImages.fileNames.validationImages, DigitImages.fileNames.validationLabels,
        in: directory)
    )
    imageShape = Array(training.images.shape.dropFirst())
    guard validation.images.shape.dropFirst() == imageShape[...] else {
      throw TrainerError(
        .invalidData,
        "\(directory): training images have the shape \(imageShape), validation images "
          + "\(Array(validation.images.shape.dropFirst())): the files don't belong together")
    }
    (trainingImages, trainingLabels) = (training.images.unitScaled, training.labels)
    (validationImages, validationLabels) = (validation.images.unitScaled, validation.labels)
  }

  /// Where the file of a name is in a directory; nil if it isn't there in any of its forms.
  static func path(of name: String, in directory: FilePath) -> FilePath? {
    // train-images-idx3-ubyte and train-images.idx3-ubyte
    let dotted = name.replacing("-idx", with: ".idx")
    return [name, name + ".gz", dotted, dotted + ".gz"].map { directory.appending($0) }
      .first(where: fileExists)
  }

  private static func read(
    _ imageName: String, _ labelName: String, in directory: FilePath
  ) throws(TrainerError) -> (images: IDXFile, labels: [Int]) {
    let imagePath = path(of: imageName, in: directory) ?? directory.appending(imageName)
    let labelPath = path(of: labelName, in: directory) ?? directory.appending(labelName)
    let images = try IDXFile(contentsOf: imagePath)
    let labels = try IDXFile(contentsOf: labelPath)
    guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
      throw TrainerError(
        .invalidData, "\(imagePath): shape \(images.shape), but images have three axes")
    }
    guard labels.shape == [images.shape[0]] else {
      throw TrainerError(
        .invalidData,
        "\(labelPath): labels of shape \(labels.shape) for the \(images.shape[0]) images of "
          + "\(imagePath): the files don't belong together")
    }
    if let index = labels.elements.firstIndex(where: { $0 > 9 }) {
      throw TrainerError(
        .invalidData,
        "\(labelPath): at byte \(8 + index): label \(labels.elements[index]), but digits end at 9")
    }
    return (images, labels.elements.map { Int($0) })
  }
}
