internal import Checkpoint

/// All of a checkpoint but its tensors, aliases among it, as a JSON document that other formats carry
/// for us.
enum CheckpointNotes {
  /// Marks the document as ours; the number grows when old readers could go wrong.
  private static let format = "ckpt-notes"
  private static let version: Int64 = 1

  /// Deeper than the documents that are in it.
  private static let depthLimit = JSONValue.depthLimit + 8

  /// The document of `checkpoint`.
  /// - Parameter extra: what else the format wants to know again.
  static func json(_ checkpoint: Checkpoint, extra: JSONObject = JSONObject()) -> JSONValue {
    var object = JSONObject()
    object["format"] = .string(format)
    object["version"] = .int(version)
    // Texts, because not every number of 64 bits is one of JSON.
    if let step = checkpoint.step { object["step"] = .string("\(step)") }
    if let epoch = checkpoint.epoch { object["epoch"] = .string("\(epoch)") }
    if let time = checkpoint.wallTime { object["wall_time_ns"] = .string("\(time.nanoseconds)") }
    if checkpoint.runID != .none { object["run_id"] = .string("\(checkpoint.runID)") }
    if !checkpoint.metrics.isEmpty {
      object["metrics"] = .object(sorted(checkpoint.metrics.mapValues(JSONValue.number)))
    }
    if !checkpoint.pendingMetrics.isEmpty {
      object["pending_metrics"] = .array(checkpoint.pendingMetrics.sorted().map { .string($0) })
    }
    if !checkpoint.tags.isEmpty {
      object["tags"] = .array(checkpoint.tags.sorted().map { .string($0) })
    }
    if !checkpoint.documents.isEmpty { object["documents"] = .object(sorted(checkpoint.documents)) }
    if !checkpoint.blobs.isEmpty {
      object["blobs"] = .object(sorted(checkpoint.blobs.mapValues { .string(Base64.text(of: $0)) }))
    }
    if !checkpoint.aliases.isEmpty {
      object["aliases"] = .object(sorted(checkpoint.aliases.mapValues { .string($0) }))
    }
    for (key, value) in extra.members { object[key] = value }
    return .object(object)
  }

  /// The checkpoint of a document, and the document for what else is in it. Members that aren't
  /// known are passed over.
  /// - Throws: `CheckpointError`: `corrupt` for what is no such document; `unsupportedVersion`. The
  ///   caller adds the path.
  static func parse(_ text: [UInt8]) throws(CheckpointError) -> (Checkpoint, JSONValue) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(utf8: text, depth: depthLimit)
    } catch {
      throw CheckpointError(.corrupt, "the notes are no JSON: \(error.message)")
    }
    guard json["format"]?.stringValue == format else { throw wrong("format") }
    guard json["version"]?.intValue == version else {
      throw CheckpointError(.unsupportedVersion, "the notes are of a newer program")
    }
    var checkpoint = Checkpoint()
    checkpoint.step = try number(json, "step", UInt64.self)
    checkpoint.epoch = try number(json, "epoch", UInt64.self)
    checkpoint.wallTime = try number(json, "wall_time_ns", Int64.self)
      .map { Timestamp(nanoseconds: $0) }
    if let value = json["run_id"] {
      guard let id = value.stringValue.flatMap({ UniqueID($0) }) else { throw wrong("run_id") }
      checkpoint.runID = id
    }
    for (name, value) in try members(json, "metrics") {
      guard let number = value.numberValue else { throw wrong("metrics") }
      checkpoint.metrics[name] = number
    }
    checkpoint.pendingMetrics = Set(try texts(json, "pending_metrics"))
    checkpoint.tags = Set(try texts(json, "tags"))
    for (name, value) in try members(json, "documents") { checkpoint.documents[name] = value }
    for (name, value) in try members(json, "blobs") {
      guard let bytes = value.stringValue.flatMap({ Base64.bytes(of: $0) }) else {
        throw wrong("blobs")
      }
      checkpoint.blobs[name] = bytes
    }
    for (name, value) in try members(json, "aliases") {
      guard let target = value.stringValue else { throw wrong("aliases") }
      checkpoint.aliases[name] = target
    }
    return (checkpoint, json)
  }

  /// In a fixed order, so that the same checkpoint gives the same text.
  private static func sorted(_ values: [String: JSONValue]) -> JSONObject {
    var object = JSONObject()
    for (key, value) in values.sorted(by: { $0.key < $1.key }) { object[key] = value }
    return object
  }

  private static func number<T: FixedWidthInteger>(
    _ json: JSONValue, _ key: String, _ type: T.Type
  ) throws(CheckpointError) -> T? {
    guard let value = json[key] else { return nil }
    guard let number = value.stringValue.flatMap({ T($0) }) else { throw wrong(key) }
    return number
  }

  private static func members(
    _ json: JSONValue, _ key: String
  ) throws(CheckpointError) -> [(key: String, value: JSONValue)] {
    guard let value = json[key] else { return [] }
    guard let object = value.objectValue else { throw wrong(key) }
    return object.members
  }

  private static func texts(_ json: JSONValue, _ key: String) throws(CheckpointError) -> [String] {
    guard let value = json[key] else { return [] }
    guard let array = value.arrayValue else { throw wrong(key) }
    let texts = array.compactMap(\.stringValue)
    guard texts.count == array.count else { throw wrong(key) }
    return texts
  }

  private static func wrong(_ key: String) -> CheckpointError {
    CheckpointError(.corrupt, "the notes' \"\(key)\" isn't what it should be")
  }
}
