/// What the comparing program asks for: a line of JSON.
struct SideCommand: Decodable {
  /// `state`, `warm_up`, `save`, `second`, `background`, `load`, `loadInto`, `one`, `inspect`, `check`.
  let op: String
  /// A file or, for `state`, `second` and `background`, a folder.
  var path: String?
  /// For saves: none, fast, compact.
  var preset: String?
  /// For `one`: its name.
  var tensor: String?
  /// For `state`: whether the changed tensors are taken.
  var changed: Bool?
  /// How often `one` and `inspect` are done.
  var repeats: Int?
}

/// What is answered: a line of JSON. Seconds are wall time.
struct SideAnswer: Encodable {
  var error: String?
  var seconds: [Double]?
  /// Until the call of a background save returned.
  var stall: Double?
  /// Until the first write to every array was done, each of which copies it.
  var firstWrite: Double?
  /// The same of a background save that copies the tensors.
  var copiedStall: Double?
  /// The first write then, which copies nothing.
  var copiedFirstWrite: Double?
  /// The file that was written.
  var file: String?
  /// How many tensors were listed or loaded.
  var tensors: Int?
  /// Whether what was loaded is the state, byte by byte.
  var equal: Bool?
}
