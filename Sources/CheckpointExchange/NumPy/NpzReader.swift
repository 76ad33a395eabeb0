internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// Reads `.npz` archives and bare `.npy` files: every byte that an archive has a checksum for is checked
/// before anything is believed; arrays then stream. Arrays in Fortran order go through memory one at
/// a time.
enum NpzReader {
  /// The member that carries what arrays don't, and its name among the arrays.
  static let notesName = "__ckpt__"
  static let suffix = ".npy"

  /// The notes may take that much.
  private static let notesLimit = 256 << 20

  /// Reads the file at `path`.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated`, `checksumMismatch` for damage;
  ///   `unsupportedVersion` for arrays that no tensor can be, such as pickled objects; `notFound`, `io`.
  static func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    let file = try ForeignFile(path, in: fileSystem)
    let start = try file.bytes(Int(min(UInt64(NpyHeader.magic.count), file.sizeBytes)), at: 0)
    guard start == NpyHeader.magic else { return try readArchive(file) }
    let stem = path.stem ?? "array"
    let array = try about(stem, path) { () throws(CheckpointError) in
      try unsafe NpyArray(sizeBytes: file.sizeBytes, path: path) {
        buffer, offset throws(CheckpointError) in
        try unsafe file.read(into: buffer, at: offset)
      }
    }
    return ExchangeState(
      tensors: [
        try about(stem, path) { () throws(CheckpointError) in
          try array.tensor(name: stem, dtype: nil, shape: nil)
        }
      ])
  }

  private static func readArchive(_ file: ForeignFile) throws(CheckpointError) -> ExchangeState {
    let zip = try ZipReader(file)
    try BlockingPool.shared.forEach(count: zip.members.count) { number throws(CheckpointError) in
      try zip.verify(zip.members[number])
    }
    var state = ExchangeState()
    var notes = JSONValue.null
    if let member = zip.member(notesName + suffix) {
      (state.checkpoint, notes) = try about(notesName, file.path) { () throws(CheckpointError) in
        try CheckpointNotes.parse(try text(of: member, in: zip))
      }
    }
    for member in zip.members where member.name != notesName + suffix {
      // Directories, which packers make of slashes in names.
      if member.name.hasSuffix("/"), member.sizeBytes == 0 { continue }
      state.tensors.append(
        try about(member.name, file.path) { () throws(CheckpointError) in
          try tensor(of: member, in: zip, notes: notes)
        })
    }
    return state
  }

  private static func tensor(
    of member: ZipMember, in zip: ZipReader, notes: JSONValue
  ) throws(CheckpointError) -> StreamedTensor {
    // By bytes: the dot may be of one character with what is before it.
    let bytes = Array(member.name.utf8)
    guard bytes.count > suffix.utf8.count,
      bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    else { throw CheckpointError(.unsupportedVersion, "this member is no array of NumPy") }
    let name = String(decoding: bytes.dropLast(suffix.utf8.count), as: UTF8.self)
    // A reader of its own for the header: one that has unpacked something holds memory.
    let header = ZipMemberReader(member, in: zip.file)
    let data = ZipMemberReader(member, in: zip.file)
    let array = try unsafe NpyArray(
      sizeBytes: member.sizeBytes, path: zip.file.path,
      header: { buffer, offset throws(CheckpointError) in
        try unsafe header.read(into: buffer, at: offset)
      },
      source: { buffer, offset throws(CheckpointError) in
        try unsafe data.read(into: buffer, at: offset)
      })
    let note = notes["arrays"]?[name]
    let dtype = note?["dtype"]?.stringValue.flatMap { DType(name: $0) }
    let shape = note?["shape"]?.arrayValue?.compactMap { $0.intValue.flatMap { Int(exactly: $0) } }
    return try array.tensor(name: name, dtype: dtype, shape: shape)
  }

  /// The notes' text, which is kept as an array of bytes.
  private static func text(
    of member: ZipMember, in zip: ZipReader
  ) throws(CheckpointError) -> [UInt8] {
    let bytes = try zip.text(of: member, limit: notesLimit)
    let header = try NpyHeader(sizeBytes: UInt64(bytes.count), path: zip.file.path) {
      Array(bytes.prefix($0))
    }
    let text = Array(bytes[header.dataOffset...])
    guard header.type.dtype == .u8, header.shape == [text.count] else {
      throw CheckpointError(.corrupt, "the notes of a checkpoint are no array of bytes")
    }
    return text
  }

  /// Adds to an error what the file and the array are.
  private static func about<T>(
    _ item: String, _ path: FilePath, _ body: () throws(CheckpointError) -> T
  ) throws(CheckpointError) -> T {
    do throws(CheckpointError) {
      return try body()
    } catch {
      var failure = error
      failure.path = failure.path ?? path
      failure.item = failure.item ?? item
      throw failure
    }
  }
}
