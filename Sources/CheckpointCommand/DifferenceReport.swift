internal import Checkpoint
internal import SystemPackage

/// How `ckpt diff` tells what it found.
struct DifferenceReport {
  private static let longestValue = 60

  private let difference: CheckpointDifference
  private let isStrict: Bool
  private let isQuick: Bool

  init(_ difference: CheckpointDifference, isStrict: Bool, isQuick: Bool) {
    self.difference = difference
    self.isStrict = isStrict
    self.isQuick = isQuick
  }

  /// Whether nothing differs that counts.
  var isSame: Bool {
    difference.summary.isEmpty && difference.documents.isSame && difference.blobs.isSame
      && difference.tensors.isSame && !(isStrict && !difference.identity.isEmpty)
  }

  // MARK: Text

  func print(on terminal: Terminal) throws(OutputError) {
    try print(
      isStrict ? "identity" : "identity (does not count)", difference.identity, on: terminal)
    try print("summary", difference.summary, on: terminal)
    try printDocuments(on: terminal)
    try printBlobs(on: terminal)
    try printTensors(on: terminal)
    let verdict = isSame ? "identical" : "different"
    let how = isQuick ? " (chunks of the same checksum were not read)" : ""
    try terminal.print(terminal.styled(verdict, isSame ? .green : .red) + how)
  }

  private func title(_ text: String, on terminal: Terminal) throws(OutputError) {
    try terminal.print(terminal.styled(text, .bold))
  }

  private func print(
    _ heading: String, _ fields: [CheckpointDifference.Field], on terminal: Terminal
  ) throws(OutputError) {
    guard !fields.isEmpty else { return }
    try title(heading, on: terminal)
    for field in fields {
      try terminal.print(
        "  \(field.name.printable): \(shortFact(field.a)) → \(shortFact(field.b))")
    }
  }

  private func short(_ value: JSONValue?) -> String {
    guard let value else { return "nothing" }
    return value.text().printable.elidingEnd(to: DifferenceReport.longestValue)
  }

  /// Of a fact that is not there rather than null; text without quotes.
  private func shortFact(_ value: JSONValue) -> String {
    value.stringValue?.printable.elidingEnd(to: DifferenceReport.longestValue)
      ?? (value.isNull ? "none" : short(value))
  }

  private func printDocuments(on terminal: Terminal) throws(OutputError) {
    let documents = difference.documents
    guard !documents.isSame else { return }
    try title("documents", on: terminal)
    for name in documents.removed { try terminal.print("  - \(name.printable)") }
    for name in documents.added { try terminal.print("  + \(name.printable)") }
    for (name, change) in documents.changed {
      if change.places.isEmpty {
        try terminal.print("  ~ \(name.printable): not JSON, and the bytes differ")
      }
      for place in change.places {
        try terminal.print(
          "  ~ \(name.printable): \(place.path.printable): \(short(place.a)) → \(short(place.b))")
      }
      if change.isCut { try terminal.print("  ~ \(name.printable): and more") }
    }
  }

  private func printBlobs(on terminal: Terminal) throws(OutputError) {
    let blobs = difference.blobs
    guard !blobs.isSame else { return }
    try title("blobs", on: terminal)
    for name in blobs.removed { try terminal.print("  - \(name.printable)") }
    for name in blobs.added { try terminal.print("  + \(name.printable)") }
    for (name, change) in blobs.changed {
      let sizes =
        change.sizes.a == change.sizes.b
        ? HumanText.count(change.sizes.a, "byte")
        : "\(change.sizes.a) → \(HumanText.count(change.sizes.b, "byte"))"
      try terminal.print("  ~ \(name.printable): \(sizes), from byte \(change.offset) on")
    }
  }

  private func printTensors(on terminal: Terminal) throws(OutputError) {
    let tensors = difference.tensors
    try title(
      "tensors: \(tensors.changed.count) changed, \(tensors.added.count) added, "
        + "\(tensors.removed.count) removed, \(tensors.sameCount) the same", on: terminal)
    for name in tensors.removed { try terminal.print("  - \(name.printable)") }
    for name in tensors.added { try terminal.print("  + \(name.printable)") }
    var table = Table(
      [Table.Column("  TENSOR", isElidable: true), Table.Column("DTYPE"), Table.Column("SHAPE")]
        + ["CHANGED", "MAX ABS", "MAX REL", "NON-FINITE"].map {
          Table.Column($0, isNumeric: true)
        })
    for (name, change) in tensors.changed { table.append(row(name, change)) }
    try table.print(on: terminal)
  }

  private func row(_ name: String, _ change: TensorDifference) -> [Table.Cell] {
    func both(_ a: String, _ b: String) -> Table.Cell { Table.Cell(a == b ? a : "\(a) → \(b)") }
    let values = change.values
    func number(_ value: Double?) -> Table.Cell {
      Table.Cell(value.map { HumanText.number($0, digits: 4) } ?? "")
    }
    let alias =
      change.reason == "alias"
      ? " (\(change.a.aliasOf.map { "= \($0)" } ?? "its own") → "
        + "\(change.b.aliasOf.map { "= \($0)" } ?? "its own"))" : ""
    return [
      Table.Cell("  ~ \(name)\(alias)"), both(change.a.dtype.name, change.b.dtype.name),
      both("\(change.a.shape)", "\(change.b.shape)"),
      Table.Cell(
        values.map {
          "\($0.changedCount) (\(HumanText.percent($0.changedCount, of: $0.count)))"
        } ?? ""),
      number(values?.largestAbsolute), number(values?.largestRelative),
      Table.Cell(
        values.flatMap { $0.nonFiniteCount == 0 ? nil : "\($0.nonFiniteCount)" } ?? "", .yellow),
    ]
  }

  // MARK: JSON

  func json(_ a: FilePath, _ b: FilePath) -> JSONValue {
    func fields(_ fields: [CheckpointDifference.Field]) -> JSONValue {
      .array(fields.map { ["field": .string($0.name), "a": $0.a, "b": $0.b] })
    }
    func items<Change>(
      _ items: CheckpointDifference.Items<Change>, _ json: (Change) -> JSONObject
    ) -> JSONValue {
      [
        "removed": .strings(items.removed), "added": .strings(items.added),
        "changed": .array(
          items.changed.map { item in
            var object: JSONObject = ["name": .string(item.name)]
            for (key, value) in json(item.change).members { object[key] = value }
            return .object(object)
          }),
        "sameCount": .count(items.sameCount),
      ]
    }
    return [
      "a": .string(a.string), "b": .string(b.string), "identical": .bool(isSame),
      "quick": .bool(isQuick), "strict": .bool(isStrict),
      "identity": fields(difference.identity), "summary": fields(difference.summary),
      "documents": items(difference.documents) { change in
        [
          "differences": .array(
            change.places.map { place in
              var object: JSONObject = ["path": .string(place.path)]
              object["a"] = place.a
              object["b"] = place.b
              return .object(object)
            }),
          "more": .bool(change.isCut),
        ]
      },
      "blobs": items(difference.blobs) {
        [
          "sizeBytes": .array([.count($0.sizes.a), .count($0.sizes.b)]),
          "offset": .count($0.offset),
        ]
      },
      "tensors": items(difference.tensors, json),
    ]
  }

  private func json(_ change: TensorDifference) -> JSONObject {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    func side(_ info: TensorInfo) -> JSONValue {
      [
        "dtype": .string(info.dtype.name), "shape": .array(info.shape.map { .count($0) }),
        "aliasOf": .optional(info.aliasOf),
      ]
    }
    let values = change.values
    return [
      "reason": .string(change.reason ?? "values"), "a": side(change.a), "b": side(change.b),
      "valueCount": .optional(values?.count), "changedCount": .optional(values?.changedCount),
      "nonFiniteCount": .optional(values?.nonFiniteCount),
      "maxAbsolute": number(values?.largestAbsolute),
      "maxRelative": number(values?.largestRelative),
    ]
  }
}
