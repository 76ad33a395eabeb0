/// How a chunk's scalars are split into planes (`FORMAT.md` §6).
struct PlaneLayout {
  let transform: ChunkTransform
  /// Bytes of a scalar, and so planes.
  let width: Int
  /// Scalars, and so bytes of a plane.
  let count: Int

  /// What a writer does with `byteCount` bytes of a tensor of `dtype`; nil where there is nothing to split.
  init?(ofBytes byteCount: Int, dtype: DType) {
    width = dtype.scalarBytes
    guard width > 1, byteCount % width == 0 else { return nil }
    transform = dtype.splitsAsFloat ? .floatSplit : .bytePlanes
    count = byteCount / width
  }
}
