internal import Checkpoint

/// What describes a group or a dataset: messages, in a block and its continuations.
struct HDF5ObjectHeader {
  struct Message {
    let type: UInt16
    let isShared: Bool
    let bytes: [UInt8]
    let offset: UInt64
  }

  let messages: [Message]
  let offset: UInt64
  private let path: FilePath

  /// - Throws: `CheckpointError`: `corrupt`, `truncated`; `unsupportedVersion` for newer headers; `io`.
  init(at offset: UInt64, from metadata: inout HDF5Metadata) throws(CheckpointError) {
    self.offset = offset
    path = metadata.source.path
    try metadata.visit(offset)
    var fields = try metadata.piece(16, at: offset)
    let version: UInt8 = try fields.integer()
    guard version == 1 else {
      throw metadata.unsupported("an object header of version \(version)", at: offset)
    }
    try fields.skip(1)
    let count: UInt16 = try fields.integer()
    try fields.skip(4)
    let size: UInt32 = try fields.integer()
    var blocks = [(offset: offset + 16, sizeBytes: UInt64(size))]
    var messages: [Message] = []
    var found = 0
    while let block = blocks.popLast() {
      var fields = try metadata.piece(block.sizeBytes, at: block.offset)
      while fields.remaining >= 8, found < Int(count) {
        found += 1
        let type: UInt16 = try fields.integer()
        let messageBytes: UInt16 = try fields.integer()
        let flags: UInt8 = try fields.integer()
        try fields.skip(3)
        let start = fields.byteOffset
        let bytes = Array(try fields.bytes(Int(messageBytes)))
        guard type != HDF5Format.Message.continuation else {
          var place = FieldReader(bytes, origin: start, path: path)
          let next: UInt64 = try place.integer()
          let nextBytes: UInt64 = try place.integer()
          try metadata.visit(next)
          blocks.insert((next, nextBytes), at: 0)
          continue
        }
        messages.append(
          Message(type: type, isShared: flags & 2 != 0, bytes: bytes, offset: start))
      }
    }
    guard found == Int(count) else {
      throw metadata.corrupt("\(count) messages are told of, \(found) are here", at: offset)
    }
    self.messages = messages
  }

  func has(_ type: UInt16) -> Bool { messages.contains { $0.type == type } }

  /// The message of that type, if there is one.
  /// - Throws: `CheckpointError`: `corrupt` if there are two; `unsupportedVersion` if it is elsewhere.
  func message(_ type: UInt16) throws(CheckpointError) -> FieldReader? {
    let all = messages.filter { $0.type == type }
    guard let first = all.first else { return nil }
    guard all.count == 1 else {
      throw CheckpointError(
        .corrupt, "HDF5: two messages of type \(type)", path: path, byteOffset: offset)
    }
    guard !first.isShared else {
      throw CheckpointError(
        .unsupportedVersion, "HDF5: a description shared with others", path: path,
        byteOffset: first.offset)
    }
    return FieldReader(first.bytes, origin: first.offset, path: path)
  }
}
