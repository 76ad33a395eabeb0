public import Checkpoint

/// What a checkpoint has of it: where the file stands.
extension CSVLogger {
  /// How long the file is, and what its columns are.
  public var state: JSONValue {
    [
      "bytes": .int(Int64(clamping: file?.sizeBytes ?? closedBytes)),
      "start": .int(Int64(clamping: startBytes)),
      "keys": keys.map { .array($0.map { .string($0) }) } ?? .null,
      "header": .bool(writesHeader),
    ]
  }

  /// Takes that back.
  ///
  /// - Throws: `.invalidState`, `.invalidConfiguration`.
  public func restore(_ state: JSONValue) throws(TrainerError) {
    let members = Configuration(state.objectValue ?? [:], of: "CSVLogger")
    let size = try members.count("bytes")
    let start = try members.count("start")
    let header = try members.bool("header")
    let names = try members["keys"] == .null ? nil : members.array("keys").map(\.stringValue)
    guard names?.contains(nil) != true else {
      throw TrainerError(.invalidState, "CSVLogger: a column is not a name")
    }
    keys = names?.compactMap { $0 }
    writesHeader = header
    (startBytes, restoredBytes) = (UInt64(start), UInt64(size))
  }
}
