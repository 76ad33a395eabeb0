internal import Checkpoint

extension Verification.State {
  var style: Style {
    switch self {
    case .intact: .green
    case .degraded: .yellow
    case .damaged, .unreadable: .red
    }
  }

  var status: ExitStatus {
    switch self {
    case .intact: .success
    case .degraded, .damaged: .no
    case .unreadable: .unreadable
    }
  }
}

extension Verification.Finding {
  /// One line: rule, tensor, rows, offset, what.
  var line: String {
    var places: [String] = []
    if let tensor {
      places.append(
        "tensor \"\(tensor.printable)\""
          + (rows.map { " rows \($0.lowerBound):\($0.upperBound)" } ?? ""))
    }
    if let offset = error.byteOffset { places.append("byte \(offset)") }
    let rule = error.rule ?? error.code.description
    let place = places.isEmpty ? "" : ": " + places.joined(separator: ", ")
    return "\(rule)\(place): \(error.message.printable)"
  }

  /// For `--json`.
  var json: JSONValue {
    [
      "rule": .optional(error.rule), "code": .string(error.code.description),
      "message": .string(error.message), "tensor": .optional(tensor),
      "rows": rows.map { .array([.count($0.lowerBound), .count($0.upperBound)]) } ?? .null,
      "offset": .optional(error.byteOffset), "losesContent": .bool(losesContent),
    ]
  }
}
