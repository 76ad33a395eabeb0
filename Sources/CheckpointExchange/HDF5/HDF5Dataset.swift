internal import Checkpoint

/// A dataset whose elements lie in one piece.
struct HDF5Dataset: Sendable, Equatable {
  /// The names from the root to here, joined by "/".
  let name: String
  let dtype: DType
  let shape: [Int]
  /// Where the elements begin.
  let offset: UInt64
  let sizeBytes: UInt64

  /// What an object header describes.
  /// - Throws: `CheckpointError`: `corrupt`; `unsupportedVersion` for other elements and layouts; `io`.
  init(
    _ header: HDF5ObjectHeader, name: String, metadata: inout HDF5Metadata
  ) throws(CheckpointError) {
    self.name = name
    for type in [HDF5Format.Message.filters, HDF5Format.Message.externalFiles]
    where header.has(type) {
      let what = type == HDF5Format.Message.filters ? "packed" : "in other files"
      throw metadata.unsupported("the dataset is \(what)", at: header.offset)
    }
    guard var space = try header.message(HDF5Format.Message.dataspace),
      var type = try header.message(HDF5Format.Message.datatype),
      var layout = try header.message(HDF5Format.Message.layout)
    else {
      throw metadata.unsupported("neither a group nor a dataset", at: header.offset)
    }
    shape = try Self.shape(&space, metadata)
    dtype = try Self.dtype(try HDF5Datatype(&type), header, &metadata)
    let place = try Self.contiguous(&layout, metadata)
    do throws(FormatError) {
      sizeBytes = try TensorDeclaration(name: name, dtype: dtype, shape: shape).sizeBytes()
    } catch {
      throw metadata.corrupt(error.detail, at: header.offset)
    }
    guard place.sizeBytes == sizeBytes else {
      throw metadata.corrupt(
        "\(place.sizeBytes) bytes are said to be \(dtype) of shape \(shape)", at: header.offset)
    }
    offset = sizeBytes == 0 ? 0 : place.offset
    guard offset != HDF5Format.undefined else {
      throw metadata.unsupported("the dataset was never written", at: header.offset)
    }
    let end = metadata.source.sizeBytes
    guard offset <= end, sizeBytes <= end - offset else {
      throw CheckpointError(
        .truncated, "HDF5: the dataset's elements would lie beyond the end",
        path: metadata.source.path, byteOffset: offset)
    }
  }

  private static func shape(
    _ fields: inout FieldReader, _ metadata: HDF5Metadata
  ) throws(CheckpointError) -> [Int] {
    let start = fields.byteOffset
    let version: UInt8 = try fields.integer()
    let rank: UInt8 = try fields.integer()
    let flags: UInt8 = try fields.integer()
    switch version {
    case 1: try fields.skip(5)
    case 2:
      guard try fields.integer(UInt8.self) != 2 else {
        throw metadata.unsupported("a dataset without elements", at: start)
      }
    default: throw metadata.unsupported("a dataspace of version \(version)", at: start)
    }
    guard Int(rank) <= HDF5Format.rankLimit, flags & ~1 == 0 else {
      throw metadata.unsupported("a dataspace of \(rank) dimensions", at: start)
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      guard let length = Int(exactly: try fields.integer(UInt64.self)) else {
        throw metadata.corrupt("a dimension beyond 2^63", at: start)
      }
      shape.append(length)
    }
    return shape
  }

  private static func dtype(
    _ datatype: HDF5Datatype, _ header: HDF5ObjectHeader, _ metadata: inout HDF5Metadata
  ) throws(CheckpointError) -> DType {
    switch datatype {
    case .element(let dtype): return dtype
    case .opaque(let sizeBytes):
      let mark = try HDF5Attribute.text(HDF5Format.elementTypeAttribute, of: header, &metadata)
      guard sizeBytes == 2, mark == HDF5Format.bfloat16 else {
        throw metadata.unsupported("elements of \(sizeBytes) bytes of no type", at: header.offset)
      }
      return .bf16
    case .variableText, .fixedText: throw metadata.unsupported("text", at: header.offset)
    case .other(let what): throw metadata.unsupported("elements are \(what)", at: header.offset)
    }
  }

  private static func contiguous(
    _ fields: inout FieldReader, _ metadata: HDF5Metadata
  ) throws(CheckpointError) -> (offset: UInt64, sizeBytes: UInt64) {
    let start = fields.byteOffset
    let version: UInt8 = try fields.integer()
    guard version == 3 else {
      throw metadata.unsupported("a layout of version \(version)", at: start)
    }
    switch try fields.integer(UInt8.self) {
    case 1: break
    case 0: throw metadata.unsupported("the elements are in the header", at: start)
    case 2: throw metadata.unsupported("the elements are in chunks", at: start)
    default: throw metadata.unsupported("a layout that isn't known", at: start)
    }
    return (try fields.integer(), try fields.integer())
  }
}
