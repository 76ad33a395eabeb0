internal import Checkpoint
internal import SystemPackage

/// Everything of a checkpoint but its tensors as strings by name, for formats that carry such:
///
/// - `ckpt.summary`: step, epoch, time, run, metrics and tags, as JSON;
/// - `ckpt.aliases`: which tensors are the same as which, as JSON;
/// - `ckpt.document.<name>`: a document's JSON;
/// - `ckpt.blob.<name>`: a blob in Base64.
///
/// The document `safetensors-metadata` stands for the strings that are none of these.
enum CheckpointMetadata {
  private static let summaryKey = "ckpt.summary"
  private static let aliasesKey = "ckpt.aliases"
  private static let documentPrefix = "ckpt.document."
  private static let blobPrefix = "ckpt.blob."
  private static let ownPrefix = "ckpt."

  /// The strings, sorted by the bytes of their names; none for an empty checkpoint.
  static func strings(of checkpoint: Checkpoint) -> JSONObject {
    var strings: [(key: String, value: String)] = []
    let summary = summary(of: checkpoint)
    if summary.count > 0 { strings.append((summaryKey, JSONValue.object(summary).text())) }
    if !checkpoint.aliases.isEmpty {
      var aliases = JSONObject()
      for (alias, target) in checkpoint.aliases.sorted(by: { $0.key.precedesByBytes($1.key) }) {
        aliases[alias] = .string(target)
      }
      strings.append((aliasesKey, JSONValue.object(aliases).text()))
    }
    for (name, document) in checkpoint.documents {
      if name == SafetensorsReader.metadataDocument, let plain = plainStrings(document) {
        strings += plain
      } else {
        strings.append((documentPrefix + name, document.text()))
      }
    }
    for (name, blob) in checkpoint.blobs {
      strings.append((blobPrefix + name, Base64.text(of: blob)))
    }
    var object = JSONObject()
    for (key, value) in strings.sorted(by: { $0.key.precedesByBytes($1.key) }) {
      object[key] = .string(value)
    }
    return object
  }

  /// The members of a document that can stand for themselves: strings that won't be taken for ours.
  private static func plainStrings(_ document: JSONValue) -> [(key: String, value: String)]? {
    guard let object = document.objectValue, object.count > 0 else { return nil }
    var strings: [(key: String, value: String)] = []
    for key in object.keys {
      guard let value = object[key]?.stringValue, rest(of: key, after: ownPrefix) == nil
      else { return nil }
      strings.append((key, value))
    }
    return strings
  }

  private static func summary(of checkpoint: Checkpoint) -> JSONObject {
    var summary = JSONObject()
    if let step = checkpoint.step { summary["step"] = whole(step) }
    if let epoch = checkpoint.epoch { summary["epoch"] = whole(epoch) }
    if let time = checkpoint.wallTime { summary["wallTime"] = .int(time.nanoseconds) }
    if checkpoint.runID != .none { summary["runID"] = .string("\(checkpoint.runID)") }
    if !checkpoint.metrics.isEmpty {
      var metrics = JSONObject()
      for (name, value) in checkpoint.metrics.sorted(by: { $0.key.precedesByBytes($1.key) }) {
        metrics[name] = .number(value)
      }
      summary["metrics"] = .object(metrics)
    }
    func list(_ names: Set<String>) -> JSONValue? {
      names.isEmpty
        ? nil : .array(names.sorted { $0.precedesByBytes($1) }.map { .string($0) })
    }
    summary["pendingMetrics"] = list(checkpoint.pendingMetrics)
    summary["tags"] = list(checkpoint.tags)
    return summary
  }

  /// A number, or where JSON's readers end, its digits.
  private static func whole(_ value: UInt64) -> JSONValue {
    Int64(exactly: value).map { .int($0) } ?? .string("\(value)")
  }

  // MARK: Reading

  /// The checkpoint that the strings describe, without tensors.
  /// - Throws: `CheckpointError` with code `corrupt` if a string is not what its name promises.
  static func checkpoint(
    from strings: JSONObject, _ path: FilePath
  ) throws(CheckpointError) -> Checkpoint {
    var checkpoint = Checkpoint()
    var plain = JSONObject()
    for key in strings.keys {
      guard let text = strings[key]?.stringValue else { continue }
      func broken(_ what: String) -> CheckpointError {
        CheckpointError(.corrupt, "the metadata is not \(what)", path: path, item: key)
      }
      if key == summaryKey {
        guard read(summary: try? JSONValue.parse(text), into: &checkpoint) else {
          throw broken("the summary of a checkpoint")
        }
      } else if key == aliasesKey {
        guard let aliases = (try? JSONValue.parse(text))?.objectValue else {
          throw broken("a JSON object of names")
        }
        for alias in aliases.keys {
          guard let target = aliases[alias]?.stringValue else { throw broken("names by names") }
          checkpoint.aliases[alias] = target
        }
      } else if let name = rest(of: key, after: documentPrefix) {
        guard let document = try? JSONValue.parse(text) else { throw broken("a JSON document") }
        guard checkpoint.documents.updateValue(document, forKey: name) == nil else {
          throw sameCharacters(key, path)
        }
      } else if let name = rest(of: key, after: blobPrefix) {
        guard let blob = Base64.bytes(of: text) else { throw broken("Base64") }
        guard checkpoint.blobs.updateValue(blob, forKey: name) == nil else {
          throw sameCharacters(key, path)
        }
      } else {
        plain[key] = .string(text)
      }
    }
    if plain.count > 0 {
      checkpoint.documents[SafetensorsReader.metadataDocument] = .object(plain)
    }
    return checkpoint
  }

  /// What follows a prefix, byte for byte: characters may reach across its end.
  private static func rest(of key: String, after prefix: String) -> String? {
    guard key.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  private static func sameCharacters(_ key: String, _ path: FilePath) -> CheckpointError {
    CheckpointError(
      .limitExceeded, "two names differ only in their Unicode form", path: path, item: key)
  }

  /// - Returns: whether all members are what they should be.
  private static func read(summary: JSONValue?, into checkpoint: inout Checkpoint) -> Bool {
    guard let summary = summary?.objectValue else { return false }
    func whole(_ value: JSONValue) -> UInt64? {
      switch value {
      case .int(let number): UInt64(exactly: number)
      case .string(let digits): UInt64(digits)
      default: nil
      }
    }
    func names(_ value: JSONValue) -> Set<String>? {
      guard let values = value.arrayValue else { return nil }
      let names = values.compactMap(\.stringValue)
      return names.count == values.count ? Set(names) : nil
    }
    for (key, value) in summary.members {
      switch key {
      case "step":
        guard let step = whole(value) else { return false }
        checkpoint.step = step
      case "epoch":
        guard let epoch = whole(value) else { return false }
        checkpoint.epoch = epoch
      case "wallTime":
        guard case .int(let nanoseconds) = value else { return false }
        checkpoint.wallTime = Timestamp(nanoseconds: nanoseconds)
      case "runID":
        guard let runID = value.stringValue.flatMap({ UniqueID($0) }) else { return false }
        checkpoint.runID = runID
      case "metrics":
        guard let metrics = value.objectValue else { return false }
        for (name, value) in metrics.members {
          guard let number = value.numberValue else { return false }
          checkpoint.metrics[name] = number
        }
      case "pendingMetrics":
        guard let pending = names(value) else { return false }
        checkpoint.pendingMetrics = pending
      case "tags":
        guard let tags = names(value) else { return false }
        checkpoint.tags = tags
      // Of a newer program.
      default: break
      }
    }
    return true
  }
}
