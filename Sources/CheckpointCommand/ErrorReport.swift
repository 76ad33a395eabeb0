internal import Checkpoint
internal import SystemPackage

/// How errors are told: one line for people, one object for programs.
enum ErrorReport {
  /// What: where; what to do.
  static func line(_ error: CheckpointError) -> String {
    var text = error.message
    if let errno = error.errno {
      let reason = "\(errno)"
      text =
        errno == .noSuchFileOrDirectory
        ? "no such file or directory" : text + " (" + reason.lowercased() + ")"
    }
    text = text.shortened.printable
    let places = [
      error.item.map { "\"\($0.shortened.printable)\"" }, error.path.map { $0.string.printable },
    ].compactMap { $0 }
    if !places.isEmpty { text += ": " + places.joined(separator: " in ") }
    if let offset = error.byteOffset { text += " at byte \(offset)" }
    if let advice = error.advice ?? advice(for: error) { text += "; \(advice.printable)" }
    return text
  }

  /// What, and where in the file; no advice.
  static func what(_ error: CheckpointError) -> String {
    var error = error
    error.path = nil
    error.advice = nil
    return line(error)
  }

  private static func advice(for error: CheckpointError) -> String? {
    switch error.errno {
    case .notDirectory?: "ckpt inspect shows a file"
    default: nil
    }
  }

  /// The object under the key `error`.
  static func json(_ error: CheckpointError) -> JSONValue {
    json(
      code: error.code.description,
      message: error.errno.map { "\(error.message): \($0)" } ?? error.message, error)
  }

  /// The same with a code and a message of one's own.
  static func json(
    code: String, message: String, _ error: CheckpointError? = nil
  ) -> JSONValue {
    [
      "code": .string(code),
      "message": .string(message),
      "path": .optional(error?.path?.string),
      "item": .optional(error?.item),
      "offset": .optional(error?.byteOffset),
      "rule": .optional(error?.rule),
      "advice": .optional(error.flatMap { $0.advice ?? advice(for: $0) }),
    ]
  }
}
