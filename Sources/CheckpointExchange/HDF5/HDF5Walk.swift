internal import Checkpoint

/// Goes through groups, and gathers the datasets.
struct HDF5Walk {
  private(set) var datasets: [HDF5Dataset] = []
  private var metadata: HDF5Metadata
  private var nameBudget = 64 << 20

  /// Levels of a tree, bytes of a name.
  private static let levelLimit: UInt8 = 8
  private static let nameLimit = 1024

  init(_ source: ForeignBytes) {
    metadata = HDF5Metadata(source)
  }

  /// Goes through the group that the header at `offset` describes.
  /// - Throws: as `HDF5Reader.init`.
  mutating func group(
    atHeader offset: UInt64, name: String, depth: Int
  ) throws(CheckpointError) {
    let header = try HDF5ObjectHeader(at: offset, from: &metadata)
    guard var table = try header.message(HDF5Format.Message.symbolTable) else {
      guard !header.has(HDF5Format.Message.linkInfo), !header.has(HDF5Format.Message.link),
        !name.isEmpty
      else { throw metadata.unsupported("a group without a symbol table", at: offset) }
      do throws(CheckpointError) {
        datasets.append(try HDF5Dataset(header, name: name, metadata: &metadata))
      } catch {
        var error = error
        error.item = name
        throw error
      }
      return
    }
    guard depth < HDF5Format.groupLimit else {
      throw CheckpointError(
        .limitExceeded, "HDF5: groups nested deeper than \(HDF5Format.groupLimit)",
        path: metadata.source.path, item: name, byteOffset: offset)
    }
    let tree: UInt64 = try table.integer()
    let heap = try self.heap(at: try table.integer())
    var group = Group(name: name, depth: depth, names: heap)
    try walk(treeAt: tree, level: nil, &group)
  }

  /// A group that is being gone through.
  private struct Group {
    let name: String
    let depth: Int
    let names: [UInt8]
    /// Names ascend.
    var last: ArraySlice<UInt8> = []
  }

  /// The names of a group.
  private mutating func heap(at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    try metadata.visit(offset)
    var fields = try metadata.piece(
      HDF5Format.heapHeaderBytes, at: offset, signature: HDF5Format.heap, of: "a local heap")
    try fields.skip(4)
    let count: UInt64 = try fields.integer()
    try fields.skip(8)
    return try metadata.bytes(count, at: try fields.integer())
  }

  private mutating func walk(
    treeAt offset: UInt64, level: UInt8?, _ group: inout Group
  ) throws(CheckpointError) {
    try metadata.visit(offset)
    var fields = try metadata.piece(
      HDF5Format.treeHeaderBytes, at: offset, signature: HDF5Format.tree, of: "a tree")
    let type: UInt8 = try fields.integer()
    let ownLevel: UInt8 = try fields.integer()
    let count: UInt16 = try fields.integer()
    guard type == 0, ownLevel < Self.levelLimit, level.map({ $0 == ownLevel }) ?? true else {
      throw metadata.corrupt("a node of a tree that can't be here", at: offset)
    }
    var children = try metadata.piece(16 * UInt64(count), at: offset + HDF5Format.treeHeaderBytes)
    for _ in 0..<count {
      // Keys are for searching.
      try children.skip(8)
      let child: UInt64 = try children.integer()
      if ownLevel > 0 {
        try walk(treeAt: child, level: ownLevel - 1, &group)
      } else {
        try walk(symbolsAt: child, &group)
      }
    }
  }

  private mutating func walk(
    symbolsAt offset: UInt64, _ group: inout Group
  ) throws(CheckpointError) {
    try metadata.visit(offset)
    var fields = try metadata.piece(8, at: offset, signature: HDF5Format.node, of: "symbols")
    try fields.skip(2)
    let count: UInt16 = try fields.integer()
    var symbols = try metadata.piece(HDF5Format.symbolBytes * UInt64(count), at: offset + 8)
    for _ in 0..<count {
      let place = symbols.byteOffset
      let nameOffset: UInt64 = try symbols.integer()
      let header: UInt64 = try symbols.integer()
      let kind: UInt32 = try symbols.integer()
      try symbols.skip(20)
      guard kind != 2 else { throw metadata.unsupported("a soft link", at: place) }
      let own = try name(at: nameOffset, of: &group, place)
      let full = group.name.isEmpty ? own : group.name + "/" + own
      nameBudget -= full.utf8.count
      guard nameBudget >= 0 else {
        throw CheckpointError(
          .limitExceeded, "HDF5: more than 64 MiB of names", path: metadata.source.path,
          byteOffset: place)
      }
      try self.group(atHeader: header, name: full, depth: group.depth + 1)
    }
  }

  private func name(
    at offset: UInt64, of group: inout Group, _ place: UInt64
  ) throws(CheckpointError) -> String {
    guard let start = Int(exactly: offset), start < group.names.count else {
      throw metadata.corrupt("a name outside of its heap", at: place)
    }
    let bytes = group.names[start...].prefix(Self.nameLimit + 1).prefix { $0 != 0 }
    guard !bytes.isEmpty, bytes.count <= Self.nameLimit, !bytes.contains(UInt8(ascii: "/")),
      start + bytes.count < group.names.count, let name = String(validating: bytes, as: UTF8.self)
    else { throw metadata.corrupt("a name that can't be one", at: place) }
    guard group.last.isEmpty || group.last.lexicographicallyPrecedes(bytes) else {
      throw metadata.corrupt("names of a group that don't ascend", at: place)
    }
    group.last = bytes
    return name
  }
}
