internal import ArgumentParser
internal import Checkpoint
internal import CheckpointTrainer
internal import SystemPackage

/// What stands behind `--model`.
enum ModelChoice: Sendable {
  /// One of the known ones.
  case named(NamedModel)
  /// A description by Keras in a file.
  case file(FilePath)

  /// From an argument.
  init(_ text: String) throws {
    if let model = NamedModel(rawValue: text) {
      self = .named(model)
    } else if text.contains(".") || text.contains("/") {
      self = .file(FilePath(text))
    } else {
      throw ValidationError(
        "There is mlp, cnn and pima, or a file such as model.json; no '\(text)'.")
    }
  }

  /// A model's description; no file has more bytes.
  private static let fileLimitBytes: UInt64 = 1 << 26

  /// What a file describes, read strictly.
  /// - Throws: `.fileNotReadable`; `.invalidData` with the line and the column of what is no JSON.
  static func document(in file: FilePath) throws(TrainerError) -> JSONValue {
    let bytes = try readFile(file, limitBytes: fileLimitBytes)
    do {
      return try JSONValue.parse(utf8: bytes)
    } catch {
      let before = bytes.prefix(error.offset)
      let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
      throw TrainerError(
        .invalidData, "\(file): line \(line), column \(column): \(error.message)", cause: error)
    }
  }
}
