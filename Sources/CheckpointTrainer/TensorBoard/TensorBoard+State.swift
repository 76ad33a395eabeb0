public import Checkpoint

/// What a checkpoint has of it: where the run's files stand.
extension TensorBoard {
  /// The run's files with their sizes, those of the present process included.
  var allFiles: [Part: [String: UInt64]] {
    var all = earlierFiles
    for (part, file) in files { all[part, default: [:]][file.name] = file.sizeBytes }
    return all
  }

  /// The number of batches, and the run's files with their sizes.
  public var state: JSONValue {
    var parts = JSONObject()
    for part in Part.allCases {
      var sizes = JSONObject()
      for (name, size) in (allFiles[part] ?? [:]).sorted(by: { $0.key < $1.key }) {
        sizes[name] = .int(Int64(clamping: size))
      }
      parts[part.rawValue] = .object(sizes)
    }
    return ["batches": .int(Int64(batchCount)), "files": .object(parts)]
  }

  /// Takes that back.
  ///
  /// - Throws: `.invalidState`, `.invalidConfiguration`.
  public func restore(_ state: JSONValue) throws(TrainerError) {
    let members = Configuration(state.objectValue ?? [:], of: "TensorBoard")
    let batches = try members.count("batches")
    let parts = Configuration(try members.object("files"), of: "TensorBoard")
    var files: [Part: [String: UInt64]] = [:]
    for part in Part.allCases {
      let object = try parts.object(part.rawValue)
      let sizes = Configuration(object, of: "TensorBoard")
      for name in object.keys { files[part, default: [:]][name] = UInt64(try sizes.count(name)) }
    }
    (batchCount, earlierFiles) = (batches, files)
    isRestored = true
  }
}
