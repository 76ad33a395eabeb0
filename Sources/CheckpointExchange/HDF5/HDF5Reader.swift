internal import Checkpoint

/// The datasets of an HDF5 file, of what h5py writes by default: a superblock of version 0, groups
/// with symbol tables, elements in one piece. All else is refused, and no byte of the file is believed:
/// what lies beyond its end, is reached twice or overlaps ends in an error.
struct HDF5Reader: Sendable {
  /// In the order of the groups, by name.
  let datasets: [HDF5Dataset]
  private let source: ForeignBytes

  /// Reads all descriptions; at most as many bytes as there are.
  /// - Throws: `CheckpointError`: `corrupt`, `truncated`, `limitExceeded`; `unsupportedVersion` for
  ///   what is outside of the subset; `io`.
  init(_ source: ForeignBytes) throws(CheckpointError) {
    self.source = source
    var walk = HDF5Walk(source)
    try walk.group(atHeader: try Self.root(source), name: "", depth: 0)
    datasets = walk.datasets
  }

  /// The dataset as a tensor of that name.
  func tensor(_ dataset: HDF5Dataset, name: String) throws(CheckpointError) -> StreamedTensor {
    let source = source
    let offset = dataset.offset
    return try unsafe StreamedTensor(name: name, dtype: dataset.dtype, shape: dataset.shape) {
      range, buffer throws(CheckpointError) in
      try unsafe source.read(into: buffer, at: offset + range.lowerBound)
    }
  }

  /// Where the root group's header is.
  private static func root(_ source: ForeignBytes) throws(CheckpointError) -> UInt64 {
    var metadata = HDF5Metadata(source)
    var fields = try metadata.piece(UInt64(HDF5Format.superblockBytes), at: 0)
    guard Array(try fields.bytes(8)) == HDF5Format.signature else {
      throw metadata.corrupt("this is no HDF5 file", at: 0)
    }
    let version: UInt8 = try fields.integer()
    guard version == 0 else {
      throw metadata.unsupported("a superblock of version \(version)", at: 8)
    }
    try fields.skip(4)
    let offsetBytes: UInt8 = try fields.integer()
    let lengthBytes: UInt8 = try fields.integer()
    guard offsetBytes == 8, lengthBytes == 8 else {
      throw metadata.unsupported("addresses of \(offsetBytes) bytes", at: 13)
    }
    try fields.skip(9)
    let base: UInt64 = try fields.integer()
    try fields.skip(8)
    let end: UInt64 = try fields.integer()
    let driver: UInt64 = try fields.integer()
    guard base == 0, driver == HDF5Format.undefined else {
      throw metadata.unsupported("a file in several parts", at: 24)
    }
    guard end <= source.sizeBytes else {
      throw CheckpointError(
        .truncated, "HDF5: the file should have \(end) bytes, and has \(source.sizeBytes)",
        path: source.path, byteOffset: 40)
    }
    try fields.skip(8)
    return try fields.integer()
  }
}
