public import SystemPackage

/// A table of numbers with a column of labels, read from comma-separated text (RFC 4180).
public struct CSVFile: Sendable, Hashable {
  /// Which column holds the labels.
  public enum LabelColumn: Sendable, Hashable {
    /// The last one.
    case last
    /// The one with this index, from 0.
    case index(Int)
    /// The one the header line calls so.
    case named(String)
  }

  /// Whether the first line names the columns.
  public enum Header: Sendable, Hashable {
    /// It does if none of its fields is a number.
    case automatic
    case present
    case absent
  }

  /// The features: one row per line, one column per column but the labels'.
  public let features: FloatTensor
  /// The labels as written, one per row of `features`.
  public let labels: [String]
  /// The header's names of the feature columns; nil without a header.
  public let featureNames: [String]?
  /// The file, for messages.
  let name: String
  /// Where each label stands, both from 1.
  let labelPlaces: [CSVFile.Place]

  /// A line and a column of bytes in it.
  struct Place: Sendable, Hashable {
    var line: Int
    var column: Int
  }

  /// Reads a file.
  ///
  /// - Throws: `.fileNotReadable`, or `.invalidData` with file, line and column of what is wrong.
  public init(
    contentsOf path: FilePath, labels: LabelColumn = .last, header: Header = .automatic
  ) throws(TrainerError) {
    try self.init(parsing: readFile(path), name: path.string, labels: labels, header: header)
  }

  /// Reads UTF-8 text. Fields may be quoted; blank lines are skipped; spaces around numbers and labels
  /// don't matter; lines end with LF or CRLF. A missing value is an error: nothing is made up for it.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: `.invalidData` with `name`, line and column (both from 1) of what is wrong.
  public init(
    parsing text: [UInt8], name: String, labels labelColumn: LabelColumn = .last,
    header: Header = .automatic
  ) throws(TrainerError) {
    var scanner = CSVScanner(text: text, name: name)
    var line = try scanner.nextLine()
    var names: [String]?
    if let first = line, header != .absent {
      if header == .present || first.fields.allSatisfy({ Float(trimmed: $0.text) == nil }) {
        names = first.fields.map { $0.text }
        line = try scanner.nextLine()
      }
    }
    guard let firstRow = line else {
      throw TrainerError(.invalidData, "\(name): there are no rows of data")
    }
    let columnCount = names?.count ?? firstRow.fields.count
    let labelIndex = try CSVFile.index(of: labelColumn, names: names, columnCount, file: name)
    guard columnCount > 1 else {
      throw TrainerError(.invalidData, "\(name): there are labels only, and nothing to learn from")
    }

    var features: [Float] = []
    var labels: [String] = []
    var places: [Place] = []
    while let row = line {
      guard row.fields.count == columnCount else {
        throw TrainerError(
          .invalidData,
          "\(name): line \(row.number): \(row.fields.count) fields, but the first line has "
            + "\(columnCount)")
      }
      for (index, field) in row.fields.enumerated() {
        let text = field.trimmed
        if index == labelIndex, !text.isEmpty {
          labels.append(text)
          places.append(Place(line: row.number, column: field.column))
        } else if index != labelIndex, let number = Float(trimmed: text), number.isFinite {
          features.append(number)
        } else {
          let what = text.isEmpty ? "a value is missing" : "'\(field.text)' is not a finite number"
          let title = names.map { " (\($0[index]))" } ?? ""
          throw TrainerError(
            .invalidData,
            "\(name): line \(row.number), column \(field.column)\(title): \(what)")
        }
      }
      line = try scanner.nextLine()
    }
    self.name = name
    labelPlaces = places
    self.features = FloatTensor(features, shape: [labels.count, columnCount - 1])
    self.labels = labels
    self.featureNames = names.map { names in
      names.indices.filter { $0 != labelIndex }.map { names[$0] }
    }
  }

  private static func index(
    of column: LabelColumn, names: [String]?, _ count: Int, file: String
  ) throws(TrainerError) -> Int {
    switch column {
    case .last: return count - 1
    case .index(let index):
      guard (0..<count).contains(index) else {
        throw TrainerError(
          .invalidData, "\(file): there is no column \(index), they go from 0 to \(count - 1)")
      }
      return index
    case .named(let wanted):
      guard let names else {
        throw TrainerError(.invalidData, "\(file): no header line names a column '\(wanted)'")
      }
      guard let index = names.firstIndex(of: wanted) else {
        throw TrainerError(
          .invalidData,
          "\(file): line 1: no column is called '\(wanted)', there are "
            + names.joined(separator: ", "))
      }
      return index
    }
  }
}
