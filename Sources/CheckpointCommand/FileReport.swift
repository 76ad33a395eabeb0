internal import Checkpoint
internal import SystemPackage

/// All that a file's index says.
struct FileReport {
  private let reader: CheckpointReader

  init(_ reader: CheckpointReader) {
    self.reader = reader
  }

  /// Bytes that lie in blocks which other files have too, where the file system tells.
  private var shared: UInt64? { (try? reader.sharedBytes()) ?? nil }

  // MARK: Text

  func print(on terminal: Terminal) throws(OutputError) {
    try printFacts(on: terminal)
    guard reader.tensorCount > 0 else { return }
    try terminal.print()
    var table = Table([
      Table.Column("TENSOR", isElidable: true), Table.Column("DTYPE"), Table.Column("SHAPE"),
      Table.Column("SIZE", isNumeric: true),
      Table.Column("STORED", isNumeric: true, isSpare: true),
      Table.Column("RATIO", isNumeric: true, isSpare: true),
      Table.Column("ENCODING", isElidable: true),
      Table.Column("NON-FINITE", isNumeric: true),
    ])
    for position in 0..<reader.tensorCount {
      let info = reader.info(at: position)
      let isAlias = info.aliasOf != nil
      table.append([
        Table.Cell(info.name), Table.Cell(info.dtype.name), Table.Cell("\(info.shape)"),
        Table.Cell(HumanText.size(info.sizeBytes)),
        Table.Cell(isAlias ? "" : HumanText.size(info.storedBytes)),
        Table.Cell(isAlias ? "" : HumanText.percent(info.storedBytes, of: info.sizeBytes)),
        Table.Cell(info.aliasOf.map { "= \($0)" } ?? info.encoding),
        Table.Cell(info.nonFiniteCount == 0 ? "" : "\(info.nonFiniteCount)", .yellow),
      ])
    }
    try table.print(on: terminal)
  }

  private func printFacts(on terminal: Terminal) throws(OutputError) {
    let summary = reader.summary
    func fact(_ name: String, _ value: String, _ style: Style = .plain) throws(OutputError) {
      guard !value.isEmpty else { return }
      try terminal.print(
        terminal.styled(name.padded(to: 11), .faint) + terminal.styled(value.printable, style))
    }
    func moment(_ time: Timestamp) -> String {
      "\(HumanText.moment(time)) (\(HumanText.age(time, now: terminal.now())))"
    }
    func sizes(_ names: [String], _ size: (Int) -> Int) -> String {
      names.enumerated().map { "\($1) \(HumanText.size(UInt64(size($0))))" }
        .joined(separator: ", ")
    }
    try fact("file", reader.path.string)
    try fact(
      "format",
      "version \(reader.formatVersion), chunks of \(HumanText.size(UInt64(reader.chunkSizeBytes)))")
    try fact("uuid", reader.fileID.description)
    try fact("created", moment(reader.created))
    try fact("size", "\(HumanText.size(reader.fileSizeBytes)) (\(reader.fileSizeBytes) bytes)")
    if let shared, shared > 0 {
      try fact("shared", "\(HumanText.size(shared)) with other files, by the disk's account")
    }
    try fact("digest", reader.rootDigest.map { "sha256:" + FileReport.hex($0) } ?? "")
    for damage in reader.damage {
      try fact(
        "damage",
        damage.message + (damage.byteOffset.map { " at byte \($0)" } ?? "")
          + "; the spare copy was used", .yellow)
    }
    try fact("sequence", summary.sequence == 0 ? "" : "\(summary.sequence)")
    try fact("run", summary.runID == .none ? "" : summary.runID.description)
    try fact("step", summary.step.map { "\($0)" } ?? "")
    try fact("epoch", summary.epoch.map { "\($0)" } ?? "")
    try fact("saved", moment(summary.wallTime))
    try fact(
      "metrics",
      summary.metrics.filter { !summary.pendingMetrics.contains($0.key) }
        .sorted { $0.key < $1.key }.map { "\($0.key) \(HumanText.number($0.value))" }
        .joined(separator: ", "))
    try fact("pending", summary.pendingMetrics.sorted().joined(separator: ", "))
    try fact("tags", summary.tags.sorted().joined(separator: ", "))
    try fact(
      "weights",
      "\(HumanText.count(summary.tensorCount, "tensor")), \(HumanText.size(summary.logicalBytes)), "
        + "stored in \(HumanText.size(summary.storedBytes))"
        + (summary.logicalBytes == 0
          ? "" : " (\(HumanText.percent(summary.storedBytes, of: summary.logicalBytes)))"))
    try fact(
      "non-finite",
      summary.nonFiniteCount == 0 ? "" : HumanText.count(summary.nonFiniteCount, "value"), .yellow)
    try fact("documents", sizes(reader.documentNames, reader.documentSizeBytes(at:)))
    try fact("blobs", sizes(reader.blobNames, reader.blobSizeBytes(at:)))
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String.hex($0, digitCount: 2) }.joined()
  }

  // MARK: JSON

  func printJSON(on terminal: Terminal) throws(OutputError) {
    func sizes(_ names: [String], _ size: (Int) -> Int) -> JSONValue {
      .array(
        names.enumerated().map { ["name": .string($1), "sizeBytes": .count(size($0))] })
    }
    let facts: JSONObject = [
      "path": .string(reader.path.string), "formatVersion": .string(reader.formatVersion),
      "uuid": .string(reader.fileID.description), "created": .string(reader.created.description),
      "sizeBytes": .count(reader.fileSizeBytes), "sharedBytes": .optional(shared),
      "chunkSizeBytes": .count(reader.chunkSizeBytes),
      "rootDigest": .optional(reader.rootDigest.map(FileReport.hex)),
      "damage": .array(reader.damage.map(ErrorReport.json)), "summary": reader.summary.json,
      "documents": sizes(reader.documentNames, reader.documentSizeBytes(at:)),
      "blobs": sizes(reader.blobNames, reader.blobSizeBytes(at:)),
    ]
    try terminal.print(
      facts, "tensors", of: (0..<reader.tensorCount).lazy.map { reader.info(at: $0).json })
  }
}

extension TensorInfo {
  /// For `--json`.
  var json: JSONValue {
    [
      "name": .string(name), "dtype": .string(dtype.name),
      "shape": .array(shape.map { .count($0) }), "sizeBytes": .count(sizeBytes),
      "storedBytes": .count(storedBytes), "encoding": .string(encoding),
      "chunkCount": .count(chunkCount), "nonFiniteCount": .count(nonFiniteCount),
      "aliasOf": .optional(aliasOf),
    ]
  }
}
