internal import Checkpoint
internal import SystemPackage

/// `ckpt inspect --chunks`: where tensors stand in the file.
struct ChunkReport {
  private let reader: CheckpointReader
  private let tensors: [TensorInfo]

  /// - Parameter selections: which tensors; all but aliases if empty.
  init(_ reader: CheckpointReader, _ selections: [TensorSelection]) {
    self.reader = reader
    tensors =
      selections.isEmpty
      ? (0..<reader.tensorCount).map { reader.info(at: $0) }.filter { $0.aliasOf == nil }
      : selections.map(\.info)
  }

  func print(asJSON: Bool, on terminal: Terminal) throws {
    if asJSON {
      var values: [JSONValue] = []
      for tensor in tensors {
        let chunks = try reader.chunkInfos(tensor.name).map(json)
        values.append(["name": .string(tensor.name), "chunks": .array(chunks)])
      }
      try terminal.print(["path": .string(reader.path.string), "tensors": .array(values)])
      return
    }
    var table = Table(
      [Table.Column("TENSOR", isElidable: true)]
        + ["CHUNK", "BYTE", "STORED", "SIZE"].map { Table.Column($0, isNumeric: true) }
        + ["ENCODING", "STORED CRC", "CRC"].map { Table.Column($0) }
        + [Table.Column("NON-FINITE", isNumeric: true)])
    for tensor in tensors {
      for (number, chunk) in try reader.chunkInfos(tensor.name).enumerated() {
        table.append([
          Table.Cell(tensor.name), Table.Cell("\(number)"), Table.Cell("\(chunk.byteOffset)"),
          Table.Cell("\(chunk.storedBytes)"), Table.Cell("\(chunk.sizeBytes)"),
          Table.Cell(chunk.encoding), Table.Cell(String.hex(chunk.storedChecksum, digitCount: 8)),
          Table.Cell(String.hex(chunk.logicalChecksum, digitCount: 8)),
          Table.Cell(chunk.nonFiniteCount == 0 ? "" : "\(chunk.nonFiniteCount)", .yellow),
        ])
      }
    }
    try table.print(on: terminal)
  }

  private func json(_ chunk: ChunkInfo) -> JSONValue {
    [
      "offset": .count(chunk.byteOffset), "storedBytes": .count(chunk.storedBytes),
      "sizeBytes": .count(chunk.sizeBytes), "encoding": .string(chunk.encoding),
      "storedChecksum": .string(String.hex(chunk.storedChecksum, digitCount: 8)),
      "logicalChecksum": .string(String.hex(chunk.logicalChecksum, digitCount: 8)),
      "nonFiniteCount": .count(chunk.nonFiniteCount),
    ]
  }
}
