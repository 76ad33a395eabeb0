internal import Checkpoint

/// An HDF5 file before its tensors' bytes: all descriptions first, then each dataset's elements in
/// one piece, as h5py would write them. The same datasets give the same bytes.
///
///     let plan = try HDF5Plan(datasets)
///     append(plan.header)
///     for (dataset, offset) in zip(datasets, plan.offsets) {
///       // zeros up to `offset`, then the elements
///     }
struct HDF5Plan {
  /// A dataset to be.
  struct Dataset {
    /// The names from the root to it.
    let path: [String]
    let dtype: DType
    let shape: [Int]
    let sizeBytes: UInt64
  }

  /// The file's beginning.
  let header: [UInt8]
  /// Where each dataset's elements begin; they ascend.
  let offsets: [UInt64]
  /// Bytes of the whole file.
  let sizeBytes: UInt64

  /// Elements begin at a multiple of it.
  private static let alignment: UInt64 = 64

  /// - Parameter emptyGroups: groups that are there even if nothing is in them, by their paths.
  /// - Throws: `CheckpointError` with code `invalidArgument` for a name that can't be or is there
  ///   twice, and for a dtype that HDF5 doesn't have.
  init(_ datasets: [Dataset], emptyGroups: [[String]] = []) throws(CheckpointError) {
    let root = HDF5Group()
    for path in emptyGroups { _ = try root.group(path[...], of: path) }
    for (number, dataset) in datasets.enumerated() {
      guard HDF5Datatype.bytes(of: dataset.dtype) != nil else {
        throw CheckpointError(
          .invalidArgument, "HDF5 has no elements like \(dataset.dtype)",
          item: dataset.path.joined(separator: "/"), advice: "convert it with --cast")
      }
      guard dataset.shape.count <= HDF5Format.rankLimit else {
        throw CheckpointError(
          .invalidArgument, "HDF5 has at most \(HDF5Format.rankLimit) dimensions",
          item: dataset.path.joined(separator: "/"))
      }
      try root.add(number, at: dataset.path)
    }
    // How long the descriptions are doesn't depend on what the addresses are.
    var draft = HDF5Writer(datasets, offsets: datasets.map { _ in 0 })
    var position = Self.aligned(UInt64(draft.file(root, sizeBytes: 0).count))
    let headerBytes = position
    offsets = datasets.map { dataset in
      defer { position = Self.aligned(position + dataset.sizeBytes) }
      return position
    }
    sizeBytes = (offsets.last ?? headerBytes) + (datasets.last?.sizeBytes ?? 0)
    var writer = HDF5Writer(datasets, offsets: offsets)
    let bytes = writer.file(root, sizeBytes: sizeBytes)
    header = bytes + [UInt8](repeating: 0, count: Int(headerBytes) - bytes.count)
  }

  private static func aligned(_ position: UInt64) -> UInt64 {
    (position + alignment - 1) / alignment * alignment
  }
}
