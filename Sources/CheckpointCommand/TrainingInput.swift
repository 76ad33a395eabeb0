internal import CheckpointTrainer
internal import SystemPackage

/// The data as they were read: IDX files with images, or a CSV file.
struct TrainingInput {
  private let path: FilePath
  private let source: Source

  private enum Source {
    case images(DigitImages)
    /// A table, and which of its rows are for what.
    case table(CSVFile, training: ArraySlice<Int>, validation: ArraySlice<Int>)
  }

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
    self.path = path
    guard path.extension?.lowercased() == "csv" else {
      source = .images(
        try drawsDigits ? DrawnDigits().images(in: path) : DigitImages(directory: path))
      return
    }
    let column: CSVFile.LabelColumn =
      labels.map { text in Int(text).map { .index($0) } ?? .named(text) } ?? .last
    let file = try CSVFile(contentsOf: path, labels: column)
    let count = file.labels.count
    var generator = RandomGenerator(seed: seed, name: "validation split")
    let order = generator.permutation(of: count)
    let validationCount = Int(Double(count) * validationSplit)
    source = .table(
      file, training: order.dropLast(validationCount), validation: order.suffix(validationCount))
  }

  /// The shape of one sample: rows and columns of pixels, or so many numbers.
  var sampleShape: [Int] {
    switch source {
    case .images(let images): images.imageShape
    case .table(let file, _, _): [file.features.rowLength]
    }
  }

  /// Whether there are samples to validate with.
  var hasValidation: Bool {
    switch source {
    case .images: true
    case .table(_, _, let validation): !validation.isEmpty
    }
  }

  /// How many classes the labels name.
  /// - Throws: `.invalidData` if it is only one.
  func classCount() throws(TrainerError) -> Int {
    switch source {
    case .images: return 10
    case .table(let file, _, _):
      let count = Set(file.labels).count
      guard count > 1 else {
        throw TrainerError(.invalidData, "\(path): all rows have the same label")
      }
      return count
    }
  }

  /// Samples and targets.
  typealias Samples = (inputs: FloatTensor, targets: FloatTensor)

  /// The data in the form that the model takes: samples in its shape, targets as its loss wants them.
  /// - Throws: `.shapeMismatch` if the numbers of a sample can't be laid out so, or there are more
  ///   classes than outputs; `.invalidData` for labels that aren't the numbers that are wanted.
  func samples(
    for model: Sequential
  ) throws(TrainerError) -> (training: Samples, validation: Samples?) {
    let shape = model.inputShape ?? [sampleShape.reduce(1, *)]
    guard FloatTensor.elementCount(of: shape) == sampleShape.reduce(1, *) else {
      throw TrainerError(
        .shapeMismatch,
        "the model takes samples of the shape \(shape), those of \(path) have the shape "
          + "\(sampleShape)")
    }
    func shaped(_ rows: FloatTensor) -> FloatTensor { rows.reshaped(to: [rows.rowCount] + shape) }
    switch source {
    case .images(let images):
      return (
        (
          shaped(images.trainingImages), try targets(images.trainingLabels, classCount: 10, model)
        ),
        (
          shaped(images.validationImages),
          try targets(images.validationLabels, classCount: 10, model)
        )
      )
    case .table(let file, let training, let validation):
      let targets = try targets(of: file, model)
      func samples(_ rows: ArraySlice<Int>) -> Samples {
        (shaped(file.features.rows(at: rows)), targets.rows(at: rows))
      }
      return (samples(training), validation.isEmpty ? nil : samples(validation))
    }
  }

  /// A table's labels: numbers where the model's output is one number, else classes.
  private func targets(
    of file: CSVFile, _ model: Sequential
  ) throws(TrainerError) -> FloatTensor {
    if model.outputShape == [1] {
      return try model.lossName == "binary_crossentropy"
        ? file.binaryLabels() : file.numericLabels()
    }
    return try targets(file.classes.indices, classCount: classCount(), model)
  }

  private func targets(
    _ classes: [Int], classCount: Int, _ model: Sequential
  ) throws(TrainerError) -> FloatTensor {
    let outputCount = model.outputShape?.last ?? 0
    guard classCount <= outputCount else {
      throw TrainerError(
        .shapeMismatch,
        "\(path) has \(classCount) classes, but the model ends with \(outputCount) "
          + (outputCount == 1 ? "output" : "outputs"))
    }
    guard model.lossName != "sparse_categorical_crossentropy" else {
      return FloatTensor(classes.map { Float($0) }, shape: [classes.count, 1])
    }
    return try toCategorical(classes, classCount: outputCount)
  }
}
