internal import CheckpointTrainer
internal import SystemPackage

/// Samples and one-hot targets, from IDX files or from a CSV file.
struct TrainingInput {
  let features: FloatTensor
  let targets: FloatTensor
  let validation: (FloatTensor, FloatTensor)?
  let classCount: Int

  /// - Parameters:
  ///   - path: a directory with MNIST's four files, or a CSV file.
  ///   - drawsDigits: whether to draw such files if there are none.
  ///   - labels: the CSV file's column of labels, by name or number.
  ///   - validationSplit: the share of the CSV file's rows, from its end, to validate with.
  init(
    _ path: FilePath, drawsDigits: Bool, labels: String?, validationSplit: Double
  ) throws(TrainerError) {
    if path.extension?.lowercased() == "csv" {
      try self.init(csv: path, labels: labels, validationSplit: validationSplit)
    } else {
      try self.init(
        images: drawsDigits ? DrawnDigits().images(in: path) : DigitImages(directory: path))
    }
  }

  private init(images: DigitImages) throws(TrainerError) {
    classCount = 10
    features = images.trainingImages
    targets = try toCategorical(images.trainingLabels, classCount: 10)
    validation = (
      images.validationImages, try toCategorical(images.validationLabels, classCount: 10)
    )
  }

  private init(csv path: FilePath, labels: String?, validationSplit: Double) throws(TrainerError) {
    let column: CSVFile.LabelColumn =
      labels.map { text in Int(text).map { .index($0) } ?? .named(text) } ?? .last
    let file = try CSVFile(contentsOf: path, labels: column)
    let (indices, names) = file.classes
    guard names.count > 1 else {
      throw TrainerError(.invalidData, "\(path): all rows have the same label")
    }
    classCount = names.count
    let all = try toCategorical(indices, classCount: names.count)
    let count = indices.count
    let validationCount = Int(Double(count) * validationSplit)
    features = file.features.rows(0..<count - validationCount)
    targets = all.rows(0..<count - validationCount)
    validation =
      validationCount == 0
      ? nil
      : (
        file.features.rows(count - validationCount..<count),
        all.rows(count - validationCount..<count)
      )
  }
}
