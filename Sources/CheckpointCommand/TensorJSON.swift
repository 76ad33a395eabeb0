internal import Checkpoint

/// A tensor's values as nested arrays.
struct TensorJSON {
  /// More values than these are refused: a script wants them another way.
  static let longestCount = 1 << 20

  private let selection: TensorSelection
  private let reader: CheckpointReader

  /// - Throws: `CheckpointError` with code `invalidArgument` if there is no way to show it.
  init(_ selection: TensorSelection, in reader: CheckpointReader) throws(CheckpointError) {
    try selection.checkReadable(reader.path)
    self.selection = selection
    self.reader = reader
    let range = selection.byteRange
    let count =
      (range.upperBound - range.lowerBound)
      / UInt64(selection.info.dtype.bitsPerElement / 8)
    guard count <= TensorJSON.longestCount else {
      throw CheckpointError(
        .invalidArgument, "\(count) values are too many for JSON", path: reader.path,
        item: selection.info.name, advice: "ask for some rows, such as NAME[0:4]")
    }
  }

  /// Name, dtype, shape, which rows, values.
  /// - Throws: `CheckpointError` if they can't be read.
  var value: JSONValue {
    get throws(CheckpointError) {
      let range = selection.byteRange
      var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
      let result: Result<[JSONValue], CheckpointError> = bytes.withUnsafeMutableBytes { buffer in
        Result { () throws(CheckpointError) in
          try reader.readBytes(selection.info.name, range, into: buffer)
          return ElementText.json(of: UnsafeRawBufferPointer(buffer), selection.info.dtype)
        }
      }
      let elements = try result.get()
      return [
        "name": .string(selection.info.name), "dtype": .string(selection.info.dtype.name),
        "shape": .array(selection.info.shape.map { .count($0) }),
        "rows": selection.rows.map {
          .array([.count($0.lowerBound), .count($0.upperBound)])
        } ?? .null,
        "values": elements.isEmpty ? [] : nested(elements[...], selection.shape[...]),
      ]
    }
  }

  private func nested(_ elements: ArraySlice<JSONValue>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let count = shape.first else { return elements.first ?? .null }
    if shape.count == 1 { return .array(Array(elements)) }
    let length = elements.count / count
    return .array(
      (0..<count).map { row in
        let start = elements.startIndex + row * length
        return nested(elements[start..<start + length], shape.dropFirst())
      })
  }
}
