internal import Checkpoint
internal import SystemPackage

/// `ckpt inspect --stats`: what the tensors' values are like.
struct StatisticsReport {
  private let reader: CheckpointReader
  private let selections: [TensorSelection]
  private let stream: TensorStream
  /// Whether aliases are looked into: those that were asked for by name.
  private let isSelected: Bool

  /// - Parameter selections: which tensors; all if empty.
  init(_ reader: CheckpointReader, _ selections: [TensorSelection]) {
    self.reader = reader
    self.selections =
      selections.isEmpty
      ? (0..<reader.tensorCount).map { TensorSelection(reader.info(at: $0)) } : selections
    isSelected = !selections.isEmpty
    stream = TensorStream(chunkSizeBytes: reader.chunkSizeBytes)
  }

  func print(asJSON: Bool, on terminal: Terminal) throws {
    let progress = ProgressBar(on: terminal)
    defer { progress.clear() }
    func each(_ body: (TensorSelection) throws(CheckpointError) -> Void) throws(CheckpointError) {
      for (number, selection) in selections.enumerated() {
        progress.start("reading", totalBytes: UInt64(selections.count))
        progress.advance(to: UInt64(number))
        try body(selection)
      }
      progress.clear()
    }
    if asJSON {
      var tensors: [JSONValue] = []
      try each { (selection) throws(CheckpointError) in tensors.append(try json(selection)) }
      try terminal.print(["path": .string(reader.path.string), "tensors": .array(tensors)])
      return
    }
    var table = Table(
      [
        Table.Column("TENSOR", isElidable: true), Table.Column("DTYPE"),
        Table.Column("SHAPE", isSpare: true),
      ]
        + ["MIN", "MAX", "MEAN", "STD", "ZEROS", "NAN", "INF"].map {
          Table.Column($0, isNumeric: true)
        } + [Table.Column("HISTOGRAM")])
    try each { (selection) throws(CheckpointError) in table.append(try row(selection)) }
    try table.print(on: terminal)
  }

  private func row(_ selection: TensorSelection) throws(CheckpointError) -> [Table.Cell] {
    let info = selection.info
    let head = [
      Table.Cell(info.name), Table.Cell(info.dtype.name), Table.Cell("\(selection.shape)"),
    ]
    if let target = info.aliasOf, !isSelected {
      return head + [Table.Cell](repeating: "", count: 7) + [Table.Cell("= \(target)")]
    }
    guard ElementValues.areReadable(info.dtype) else {
      return head + [Table.Cell](repeating: "", count: 7) + ["packed"]
    }
    let statistics = try TensorStatistics(selection, in: reader, through: stream)
    let numbers = [
      statistics.minimum, statistics.maximum, statistics.mean, statistics.standardDeviation,
    ].map { Table.Cell($0.map { HumanText.number($0) } ?? "") }
    return head + numbers + [
      Table.Cell("\(statistics.zeroCount)"),
      Table.Cell(statistics.nanCount == 0 ? "" : "\(statistics.nanCount)", .yellow),
      Table.Cell(statistics.infiniteCount == 0 ? "" : "\(statistics.infiniteCount)", .yellow),
      Table.Cell(statistics.drawing),
    ]
  }

  private func json(_ selection: TensorSelection) throws(CheckpointError) -> JSONValue {
    let info = selection.info
    let statistics: JSONValue =
      ElementValues.areReadable(info.dtype)
      ? try TensorStatistics(selection, in: reader, through: stream).json : .null
    return [
      "name": .string(info.name), "dtype": .string(info.dtype.name),
      "shape": .array(info.shape.map { .count($0) }),
      "rows": selection.rows.map {
        .array([.count($0.lowerBound), .count($0.upperBound)])
      } ?? .null,
      "aliasOf": .optional(info.aliasOf), "statistics": statistics,
    ]
  }
}
