/// Labels as targets to learn from.
extension CSVFile {
  /// The labels as numbers of classes, and the classes' names in their order: ascending if all are
  /// whole numbers, else by text.
  public var classes: (indices: [Int], names: [String]) {
    let distinct = Set(labels)
    let numbers = distinct.compactMap { label in Int(label).map { (label, $0) } }
    let names =
      numbers.count == distinct.count
      ? numbers.sorted { $0.1 < $1.1 }.map(\.0) : distinct.sorted()
    let indices = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    return (labels.compactMap { indices[$0] }, names)
  }

  /// The labels as a column of numbers, shape (rows, 1): for regression.
  ///
  /// - Throws: `.invalidData` with the line and the column of a label that isn't a finite number.
  public func numericLabels() throws(TrainerError) -> FloatTensor {
    try numbers(where: \.isFinite, or: "is not a finite number")
  }

  /// The same of labels that say yes or no: for two classes, 0 and 1.
  ///
  /// - Throws: `.invalidData` with the line and the column of a label that is neither.
  public func binaryLabels() throws(TrainerError) -> FloatTensor {
    try numbers(where: { $0 == 0 || $0 == 1 }, or: "is neither 0 nor 1")
  }

  private func numbers(
    where isFit: (Float) -> Bool, or complaint: String
  ) throws(TrainerError) -> FloatTensor {
    var numbers: [Float] = []
    numbers.reserveCapacity(labels.count)
    for (label, place) in zip(labels, labelPlaces) {
      guard let number = Float(trimmed: label), isFit(number) else {
        throw TrainerError(
          .invalidData,
          "\(name): line \(place.line), column \(place.column): the label '\(label)' \(complaint)")
      }
      numbers.append(number)
    }
    return FloatTensor(numbers, shape: [numbers.count, 1])
  }
}
