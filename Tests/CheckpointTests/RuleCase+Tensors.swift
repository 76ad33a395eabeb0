import CheckpointFormat
import ContainerSurgery

/// FORMAT.md §4.3: the tensors are 0 `a` (2×3), 1 `a tied`, 2 `b`, 3 `c` (20×10), 4 `d`, 5 `e`, 6 `f`
/// (3×0).
extension RuleCase {
  static let tensors: [RuleCase] = [
    RuleCase(.textBounds, "a tensor's name") { $0.set(.tensors, 0, UInt64(1) << 30) },
    RuleCase(.textBounds, "a tensor's name near 2^64") { $0.set(.tensors, 0, UInt64.max) },
    RuleCase(.nameLength, "of a tensor, 0") { $0.set(.tensors, 8, UInt32(0)) },
    RuleCase(.nameLength, "of a tensor, 4097") { $0.set(.tensors, 8, UInt32(4097)) },
    RuleCase(.textEncoding, "of a tensor") { $0.set(.names, 0, UInt8(0x80)) },
    RuleCase(.textEncoding, "a zero byte in a tensor's name") { $0.set(.names, 2, UInt8(0)) },
    RuleCase(.textEncoding, "a name that begins inside a character") {
      // Both bytes of "é" in the place of "a ", of which the first name is the second half.
      $0.set(.names, 0, UInt8(0xC3))
      $0.set(.names, 1, UInt8(0xA9))
      $0.set(.tensors, 0, UInt64(1))
    },
    RuleCase(.order, "of the tensors") { $0.swapRecords(.tensors, first: 2) },
    RuleCase(.order, "a tensor twice") {
      $0.set(.tensors, record: 1, 0, UInt64(0))
      $0.set(.tensors, record: 1, 8, UInt32(1))
    },
    RuleCase(.dtype, "0") { $0.set(.tensors, 12, UInt8(0)) },
    RuleCase(.dtype, "23") { $0.set(.tensors, 12, UInt8(23)) },
    RuleCase(.dtype, "255") { $0.set(.tensors, record: 6, 12, UInt8(255)) },
    RuleCase(.rank, "65") { $0.set(.tensors, 13, UInt8(65)) },
    RuleCase(.rank, "255") { $0.set(.tensors, record: 4, 13, UInt8(255)) },
    RuleCase(.reserved, "tensor flag 1") { $0.set(.tensors, 14, UInt16(2)) },
    RuleCase(.reserved, "tensor flag 15") { $0.set(.tensors, record: 1, 14, UInt16(0x8001)) },
    RuleCase(.dimensionBounds, "the last tensor's") { $0.set(.tensors, record: 6, 16, UInt64(10)) },
    RuleCase(.dimensionBounds, "near 2^64") { $0.set(.tensors, 16, UInt64.max) },
    RuleCase(.dimensionBounds, "rank 0 beyond the section") {
      $0.set(.tensors, record: 6, 13, UInt8(0))
      $0.set(.tensors, record: 6, 16, UInt64(100))
    },
    RuleCase(.dimensionBounds, "two tensors that share their shape") {
      // f becomes 100×3×0, with e's dimension.
      $0.set(.tensors, record: 6, 13, UInt8(3))
      $0.set(.tensors, record: 6, 16, UInt64($0.count(.dimensions) - 3))
    },
    RuleCase(.tensorSize, "another dimension") { $0.set(.dimensions, 0, UInt64(1) << 40) },
    RuleCase(.tensorSize, "a dimension of 2^63") {
      $0.set(.dimensions, record: $0.count(.dimensions) - 2, 0, UInt64(1) << 63)
    },
    RuleCase(.tensorSize, "a product beyond 64 bits, before a 0") {
      // e (100) and f (3×0) become 2^62 × 8 × 0 of f, with e's dimension.
      let last = $0.count(.dimensions) - 1
      $0.set(.dimensions, record: last - 2, 0, UInt64(1) << 62)
      $0.set(.dimensions, record: last - 1, 0, UInt64(8))
      $0.set(.tensors, record: 6, 13, UInt8(3))
      $0.set(.tensors, record: 6, 16, UInt64(last - 2))
    },
    RuleCase(.tensorSize, "bits beyond 64 bits") {
      let last = $0.count(.dimensions) - 1
      $0.set(.dimensions, record: last, 0, UInt64(1) << 60)
    },
    RuleCase(.tensorSize, "logical bytes") { $0.set(.tensors, 56, UInt64(23)) },
    RuleCase(.tensorSize, "an alias's logical bytes") {
      $0.set(.tensors, record: 1, 56, UInt64(0))
    },
    RuleCase(.tensorSize, "a fraction of a byte") {
      // 1001 elements of 4 bits.
      $0.set(.tensors, record: 2, 12, UInt8(20))
      $0.set(.dimensions, record: 4, 0, UInt64(2001))
    },
    RuleCase(.alias, "a target without the flag") { $0.set(.tensors, 40, UInt64(2)) },
    RuleCase(.alias, "of itself") { $0.set(.tensors, record: 1, 40, UInt64(1)) },
    RuleCase(.alias, "of another dtype") { $0.set(.tensors, record: 1, 40, UInt64(2)) },
    RuleCase(.alias, "of no tensor") { $0.set(.tensors, record: 1, 40, UInt64(7)) },
    RuleCase(.alias, "of no tensor near 2^64") { $0.set(.tensors, record: 1, 40, UInt64.max) },
    RuleCase(.alias, "with chunks") { $0.set(.tensors, record: 1, 32, UInt64(1)) },
    RuleCase(.alias, "with a first chunk") { $0.set(.tensors, record: 1, 24, UInt64(1)) },
    RuleCase(.alias, "of another shape") {
      $0.set(.dimensions, record: 2, 0, UInt64(3))
      $0.set(.dimensions, record: 3, 0, UInt64(2))
    },
    RuleCase(.alias, "with other non-finite values") {
      $0.set(.tensors, record: 1, 48, UInt64(0))
    },
    RuleCase(.alias, "of an alias") {
      // b becomes an alias of `a tied`, with its dtype and shape.
      $0.set(.tensors, record: 2, 12, UInt8(12))
      $0.set(.tensors, record: 2, 13, UInt8(2))
      $0.set(.tensors, record: 2, 14, UInt16(1))
      $0.set(.tensors, record: 2, 16, UInt64(0))
      $0.set(.tensors, record: 2, 24, UInt64(0))
      $0.set(.tensors, record: 2, 32, UInt64(0))
      $0.set(.tensors, record: 2, 40, UInt64(1))
      $0.set(.tensors, record: 2, 48, UInt64(1))
      $0.set(.tensors, record: 2, 56, UInt64(24))
    },
  ]
}
