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
  ///   - validationSplit: the share of the CSV file's rows to validate with. They are drawn by lot:
  ///     tables are often sorted by class.
  ///   - seed: what the lot follows from.
  init(
    _ path: FilePath, drawsDigits: Bool, labels: String?, validationSplit: Double, seed: UInt64
  ) throws(TrainerError) {
    if path.extension?.lowercased() == "csv" {
      try self.init(
        csv: path, labels: labels, validationSplit: validationSplit, seed: seed)
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

  private init(
    csv path: FilePath, labels: String?, validationSplit: Double, seed: UInt64
  ) throws(TrainerError) {
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
    var generator = RandomGenerator(seed: seed, name: "validation split")
    let order = generator.permutation(of: count)
    let (kept, held) = (order.dropLast(validationCount), order.suffix(validationCount))
    features = file.features.rows(at: kept)
    targets = all.rows(at: kept)
    validation = held.isEmpty ? nil : (file.features.rows(at: held), all.rows(at: held))
  }
}
