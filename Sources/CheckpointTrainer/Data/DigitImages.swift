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

  /// The names of the four files, as MNIST has them.
  public static let fileNames = (
    trainingImages: "train-images-idx3-ubyte", trainingLabels: "train-labels-idx1-ubyte",
    validationImages: "t10k-images-idx3-ubyte", validationLabels: "t10k-labels-idx1-ubyte"
  )

  /// Reads the four files from a directory.
  ///
  /// - Throws: `.fileNotReadable`, or `.invalidData` for a malformed file, for images without
  ///   labels or labels without images.
  public init(directory: FilePath) throws(TrainerError) {
    (trainingImages, trainingLabels) = try DigitImages.read(
      directory.appending(DigitImages.fileNames.trainingImages),
      directory.appending(DigitImages.fileNames.trainingLabels))
    (validationImages, validationLabels) = try DigitImages.read(
      directory.appending(DigitImages.fileNames.validationImages),
      directory.appending(DigitImages.fileNames.validationLabels))
    guard trainingImages.rowLength == validationImages.rowLength else {
      throw TrainerError(
        .invalidData,
        "\(directory): training images have \(trainingImages.rowLength) pixels, validation images "
          + "\(validationImages.rowLength): the files don't belong together")
    }
  }

  private static func read(
    _ imagePath: FilePath, _ labelPath: FilePath
  ) throws(TrainerError) -> (FloatTensor, [Int]) {
    let images = try IDXFile(contentsOf: imagePath)
    let labels = try IDXFile(contentsOf: labelPath)
    guard images.shape.count == 3 else {
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
    return (images.unitScaled, labels.elements.map { Int($0) })
  }
}
