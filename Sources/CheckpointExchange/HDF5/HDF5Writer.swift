internal import Checkpoint

/// Puts together an HDF5 file's descriptions.
struct HDF5Writer {
  private let datasets: [HDF5Plan.Dataset]
  private let offsets: [UInt64]
  private(set) var bytes = [UInt8](repeating: 0, count: HDF5Format.superblockBytes)
  /// Where the global heap with the mark of bfloat16 is, if it is needed.
  private var globalHeap: UInt64?

  init(_ datasets: [HDF5Plan.Dataset], offsets: [UInt64]) {
    self.datasets = datasets
    self.offsets = offsets
  }

  /// All descriptions of a file with that root group.
  mutating func file(_ root: HDF5Group, sizeBytes: UInt64) -> [UInt8] {
    if datasets.contains(where: { $0.dtype == .bf16 }) { globalHeap = addGlobalHeap() }
    let place = add(root)
    var fields = FieldWriter()
    fields.append(HDF5Format.signature)
    fields.append([0, 0, 0, 0, 0, 8, 8, 0] as [UInt8])
    fields.append(UInt16(HDF5Format.leafK))
    fields.append(UInt16(HDF5Format.internalK))
    fields.append(UInt32(0))
    for address in [0, HDF5Format.undefined, sizeBytes, HDF5Format.undefined] {
      fields.append(address)
    }
    fields.append(Self.symbol(name: 0, .group(place)))
    bytes.replaceSubrange(0..<fields.bytes.count, with: fields.bytes)
    return bytes
  }

  /// Where a group's parts are.
  private struct GroupPlace {
    let header: UInt64
    let tree: UInt64
    let heap: UInt64
  }

  private enum Place {
    case group(GroupPlace)
    case dataset(UInt64)
  }

  private mutating func add(_ group: HDF5Group) -> GroupPlace {
    var places: [(name: [UInt8], place: Place)] = []
    let names = Array(group.groups.keys) + Array(group.datasets.keys)
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if let inner = group.groups[name] {
        places.append((Array(name.utf8), .group(add(inner))))
      } else if let number = group.datasets[name] {
        places.append((Array(name.utf8), .dataset(add(number))))
      }
    }
    // The names; the first is empty.
    var segment = [UInt8](repeating: 0, count: 8)
    var symbols: [(name: UInt64, fields: [UInt8])] = []
    for (name, place) in places {
      let offset = UInt64(segment.count)
      segment += name + [UInt8](repeating: 0, count: 8 - name.count % 8)
      symbols.append((offset, Self.symbol(name: offset, place)))
    }
    let segmentAddress = append(segment)
    var heap = FieldWriter()
    heap.append(HDF5Format.heap)
    heap.append(UInt32(0))
    heap.append(UInt64(segment.count))
    // No free block.
    heap.append(UInt64(1))
    heap.append(segmentAddress)
    let heapAddress = append(heap.bytes)
    let tree = addTree(symbols)
    var table = FieldWriter()
    table.append(tree)
    table.append(heapAddress)
    let header = append(Self.header([Self.message(HDF5Format.Message.symbolTable, table.bytes)]))
    return GroupPlace(header: header, tree: tree, heap: heapAddress)
  }

  private static func symbol(name: UInt64, _ place: Place) -> [UInt8] {
    var fields = FieldWriter()
    fields.append(name)
    switch place {
    case .group(let group):
      fields.append(group.header)
      fields.append(UInt64(1))
      fields.append(group.tree)
      fields.append(group.heap)
    case .dataset(let header):
      fields.append(header)
      fields.append([UInt8](repeating: 0, count: 24))
    }
    return fields.bytes
  }

  private mutating func add(_ number: Int) -> UInt64 {
    let dataset = datasets[number]
    var space = FieldWriter()
    space.append([1, UInt8(dataset.shape.count), 0, 0, 0, 0, 0, 0] as [UInt8])
    for length in dataset.shape { space.append(UInt64(length)) }
    var layout = FieldWriter()
    layout.append([3, 1] as [UInt8])
    layout.append(dataset.sizeBytes == 0 ? HDF5Format.undefined : offsets[number])
    layout.append(dataset.sizeBytes)
    var messages = [
      Self.message(HDF5Format.Message.dataspace, space.bytes),
      Self.message(
        HDF5Format.Message.datatype, HDF5Datatype.bytes(of: dataset.dtype) ?? [], flags: 1),
      Self.message(HDF5Format.Message.fillValue, [2, 2, 2, 1, 0, 0, 0, 0], flags: 1),
      Self.message(HDF5Format.Message.layout, layout.bytes),
    ]
    if dataset.dtype == .bf16, let globalHeap {
      messages.append(Self.message(HDF5Format.Message.attribute, Self.mark(globalHeap)))
    }
    return append(Self.header(messages))
  }

  /// The attribute that says what 2-byte opaque elements are: a text in the global heap, as Keras
  /// compares it with one.
  private static func mark(_ globalHeap: UInt64) -> [UInt8] {
    var fields = FieldWriter()
    fields.append([1, 0, 6, 0, 20, 0, 8, 0] as [UInt8])
    fields.append(Array("dtype".utf8) + [0, 0, 0])
    fields.append([0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0] as [UInt8])
    fields.append([UInt8](repeating: 0, count: 4))
    fields.append([1, 0, 0, 0, 0, 0, 0, 0] as [UInt8])
    fields.append(UInt32(HDF5Format.bfloat16.utf8.count))
    fields.append(globalHeap)
    fields.append(UInt32(1))
    return fields.bytes
  }

  private mutating func addGlobalHeap() -> UInt64 {
    var fields = FieldWriter()
    fields.append(HDF5Format.globalHeap)
    fields.append([1, 0, 0, 0] as [UInt8])
    fields.append(UInt64(HDF5Format.globalHeapBytes))
    fields.append(UInt16(1))
    fields.append(UInt16(1))
    fields.append(UInt32(0))
    fields.append(UInt64(HDF5Format.bfloat16.utf8.count))
    fields.append(Array(HDF5Format.bfloat16.utf8))
    // The rest is free; its size counts its own header.
    let rest = HDF5Format.globalHeapBytes - fields.bytes.count
    fields.append(UInt64(0))
    fields.append(UInt64(rest))
    fields.append([UInt8](repeating: 0, count: rest - 16))
    return append(fields.bytes)
  }

  private static func message(_ type: UInt16, _ content: [UInt8], flags: UInt8 = 0) -> [UInt8] {
    let padding = (8 - content.count % 8) % 8
    var fields = FieldWriter()
    fields.append(type)
    fields.append(UInt16(content.count + padding))
    fields.append([flags, 0, 0, 0] as [UInt8])
    fields.append(content + [UInt8](repeating: 0, count: padding))
    return fields.bytes
  }

  private static func header(_ messages: [[UInt8]]) -> [UInt8] {
    var fields = FieldWriter()
    fields.append([1, 0] as [UInt8])
    fields.append(UInt16(messages.count))
    fields.append(UInt32(1))
    fields.append(UInt32(messages.reduce(0) { $0 + $1.count }))
    fields.append(UInt32(0))
    for message in messages { fields.append(message) }
    return fields.bytes
  }

  /// Appends, at a multiple of 8.
  mutating func append(_ more: [UInt8]) -> UInt64 {
    bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    let address = UInt64(bytes.count)
    bytes += more
    return address
  }
}
