internal import Checkpoint
internal import CheckpointIO

/// Reads what `torch.save` writes of state dicts, as data: nothing in the file is run. Every byte is checked
/// before anything is believed. Tensors stream; those that aren't contiguous go through memory one at
/// a time.
enum TorchReader {
  /// The member that carries what a state dict doesn't, which PyTorch passes over.
  static let notesName = "ckpt-notes.json"

  /// Some hundred thousand tensors.
  private static let pickleLimit = 64 << 20
  private static let notesLimit = 256 << 20

  /// So many times the file, all tensors together: a view costs a few bytes, and many can share a
  /// storage.
  private static let sharingLimit: UInt64 = 16

  /// Reads the file at `path`. Dictionaries in the dictionary, such as an optimizer's, become names
  /// with slashes; what is no tensor is left out, and said in `losses`.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated`, `checksumMismatch` for damage;
  ///   `unsupportedVersion` for everything but plain state dicts; `limitExceeded`; `notFound`, `io`.
  static func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    let file = try ForeignFile(path, in: fileSystem)
    try refuseOldFiles(file)
    let zip = try ZipReader(file)
    let root = try root(of: zip)
    try refuseUnchecked(zip, root: root)
    try BlockingPool.shared.forEach(count: zip.members.count) { number throws(CheckpointError) in
      try zip.verify(zip.members[number])
    }
    do throws(CheckpointError) {
      return try state(of: zip, root: root)
    } catch {
      var failure = error
      failure.path = failure.path ?? path
      throw failure
    }
  }

  private static func state(
    of zip: ZipReader, root: String
  ) throws(CheckpointError) -> ExchangeState {
    let isBigEndian = try isBigEndian(zip, root: root)
    var pickle = PickleReader(
      try zip.text(of: try member(root + "data.pkl", in: zip), limit: pickleLimit),
      path: zip.file.path)
    let value = try pickle.value()
    let dictionary = try TorchStateDict(value, of: pickle)
    var state = ExchangeState(losses: dictionary.losses)
    var notes = JSONValue.null
    if let member = zip.member(root + notesName) {
      (state.checkpoint, notes) = try CheckpointNotes.parse(
        try zip.text(of: member, limit: notesLimit))
    }
    var size: UInt64 = 0
    // By bytes: Swift's strings are equal if they are the same to readers.
    var names: Set<[UInt8]> = []
    for (name, view) in dictionary.tensors {
      let member = try member("\(root)data/\(view.storage.key)", in: zip)
      do throws(CheckpointError) {
        let tensor = try TorchView(view, name: name, in: member, of: zip.file)
          .tensor(isBigEndian: isBigEndian, note: notes["arrays"]?[name])
        let sum = size.addingReportingOverflow(tensor.sizeBytes)
        size = sum.partialValue
        guard !sum.overflow, size / sharingLimit <= zip.file.sizeBytes else {
          throw CheckpointError(.limitExceeded, "tensors that share their data too often")
        }
        guard names.insert(Array(name.utf8)).inserted else {
          throw CheckpointError(.corrupt, "the name is there twice")
        }
        state.tensors.append(tensor)
      } catch {
        var failure = error
        failure.item = name
        throw failure
      }
    }
    return state
  }

  private static func member(
    _ name: String, in zip: ZipReader
  ) throws(CheckpointError) -> ZipMember {
    guard let member = zip.member(name) else {
      throw CheckpointError(.corrupt, "the member is missing", path: zip.file.path, item: name)
    }
    return member
  }

  /// The directory that all members are in, with its slash.
  private static func root(of zip: ZipReader) throws(CheckpointError) -> String {
    var roots: [String] = []
    for member in zip.members {
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
      if parts.count == 2, parts[1] == "data.pkl" { roots.append("\(parts[0])/") }
    }
    guard let root = roots.first, roots.count == 1 else {
      throw CheckpointError(
        .unsupportedVersion, "this archive is none of PyTorch's", path: zip.file.path)
    }
    guard zip.member(root + "constants.pkl") == nil else {
      throw CheckpointError(
        .unsupportedVersion, "this is a program (TorchScript), and no state dict",
        path: zip.file.path, advice: "in Python: torch.save(model.state_dict(), ...)")
    }
    return root
  }

  /// PyTorch can be told to write no checksums, and writes zeros.
  private static func refuseUnchecked(_ zip: ZipReader, root: String) throws(CheckpointError) {
    guard zip.member(root + "data.pkl")?.crc32 == 0 else { return }
    throw CheckpointError(
      .unsupportedVersion, "the file was written without checksums", path: zip.file.path,
      advice: "in Python: torch.serialization.set_crc32_options(True), and save it again")
  }

  private static func isBigEndian(
    _ zip: ZipReader, root: String
  ) throws(CheckpointError) -> Bool {
    // Files before PyTorch 2.1 don't say, and are little-endian.
    guard let member = zip.member(root + "byteorder") else { return false }
    switch String(decoding: try zip.bytes(of: member, limit: 16), as: UTF8.self) {
    case "little": return false
    case "big": return true
    default:
      throw CheckpointError(.corrupt, "an unknown byte order", item: member.name)
    }
  }

  /// Before version 1.6 PyTorch wrote a row of pickles; a pickle that isn't in an archive is one of
  /// anybody's.
  private static func refuseOldFiles(_ file: ForeignFile) throws(CheckpointError) {
    let start = try file.bytes(Int(min(2, file.sizeBytes)), at: 0)
    guard start.first == 0x80 else { return }
    throw CheckpointError(
      .unsupportedVersion, "a pickle, or a file of PyTorch before 1.6", path: file.path,
      advice: "in Python: torch.save(torch.load(file, weights_only=True), file)")
  }
}
