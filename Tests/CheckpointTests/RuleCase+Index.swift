import CheckpointFormat
import ContainerSurgery

/// FORMAT.md §4: the index and its sections; and padding, which lies around it.
extension RuleCase {
  static let index: [RuleCase] = [
    RuleCase(.indexChecksum, "of the head copy", at: .spare) { flipped($0, 4096 + 700) },
    RuleCase(.indexChecksum, "of both copies, in the same section") {
      let at = $0.place(.metrics)
      return flipped($0, 4096 + at, $0.tailIndexOffset + at + 1)
    },
    RuleCase(.indexChecksum, "by the blocks' account", except: .index) {
      $0.setBlocks(96, UInt32(5))
    },
    RuleCase(.indexMismatch, "of the tail copy", at: .verifying) {
      flipped($0, $0.tailIndexOffset + 700)
    },
    RuleCase(.indexMagic, "one byte") { $0.setIndex(7, UInt8(0)) },
    RuleCase(.sectionCount, "0") { $0.setIndex(8, UInt32(0)) },
    RuleCase(.sectionCount, "10") { $0.setIndex(8, UInt32(10)) },
    RuleCase(.sectionCount, "65") { $0.setIndex(8, UInt32(65)) },
    RuleCase(.sectionCount, "2^32 - 1") { $0.setIndex(8, UInt32.max) },
    RuleCase(.indexLength, "0") { $0.setIndex(16, UInt64(0)) },
    RuleCase(.indexLength, "2^64 - 1") { $0.setIndex(16, UInt64.max) },
    RuleCase(.sectionTableChecksum, "of the table", except: .table) {
      $0.setIndex(28, UInt32(0))
    },
    RuleCase(.reserved, "index header byte 12") { $0.setIndex(12, UInt32(1)) },
    RuleCase(.reserved, "index header byte 24") { $0.setIndex(24, UInt32(1)) },
    RuleCase(.sectionOrder, "twice the same") { $0.setIndex($0.entry(.metrics), UInt32(1)) },
    RuleCase(.sectionOrder, "kind 0") { $0.setIndex($0.entry(.summary), UInt32(0)) },
    RuleCase(.unknownSection, "kind 13, required") {
      let at = $0.entry(.digests)
      $0.setIndex(at + 4, UInt32(1))
      $0.setIndex(at, UInt32(13))
    },
    RuleCase(.missingSection, "no digests, though announced") {
      $0.setIndex($0.entry(.digests), UInt32(13))
    },
    RuleCase(.missingSection, "digests, though not announced", except: .rootDigest) {
      $0.setBlocks(16, UInt64(0))
      for at in 128..<160 { $0.setBlocks(at, UInt8(0)) }
    },
    RuleCase(.missingSection, "no payload") {
      $0.setIndex($0.entry(.digests), UInt32(14))
      $0.setIndex($0.entry(.payload) + 4, UInt32(0))
      $0.setIndex($0.entry(.payload), UInt32(13))
    },
    RuleCase(.reserved, "root digest without the feature", except: .rootDigest) {
      $0.setBlocks(16, UInt64(0))
    },
    RuleCase(.reserved, "section flag 1") { $0.setIndex($0.entry(.tensors) + 4, UInt32(3)) },
    RuleCase(.reserved, "bytes between sections") {
      // Section 10 ends where no multiple of 8 is.
      $0.setIndex($0.place(.names) + $0.count(.names), UInt8(1))
    },
    RuleCase(.sectionBounds, "an offset too low") { $0.setIndex($0.entry(.tags) + 8, UInt64(8)) },
    RuleCase(.sectionBounds, "an offset near 2^64") {
      $0.setIndex($0.entry(.digests) + 8, UInt64.max - 7)
    },
    RuleCase(.sectionBounds, "a length near 2^64") {
      $0.setIndex($0.entry(.payload) + 16, UInt64.max)
      $0.setIndex($0.entry(.payload) + 24, UInt64.max)
    },
    RuleCase(.sectionLength, "length") { $0.setIndex($0.entry(.metrics) + 16, UInt64(24)) },
    RuleCase(.sectionLength, "count") { $0.setIndex($0.entry(.metrics) + 24, UInt64(3)) },
    RuleCase(.sectionLength, "a product beyond 64 bits") {
      $0.setIndex($0.entry(.tensors) + 24, UInt64(1) << 62 + 7)
    },
    RuleCase(.sectionRecordSize, "48 of 24, half as many") {
      $0.setIndex($0.entry(.metrics) + 24, UInt64(1))
      $0.setIndex($0.entry(.metrics) + 32, UInt32(48))
    },
    RuleCase(.sectionRecordSize, "0") {
      $0.setIndex($0.entry(.tags) + 24, UInt64(1) << 40)
      $0.setIndex($0.entry(.tags) + 16, UInt64(0))
      $0.setIndex($0.entry(.tags) + 32, UInt32(0))
    },
    RuleCase(.sectionChecksum, "in both copies", except: .sections) {
      $0.set(.metrics, 8, UInt64(3))
    },
    RuleCase(.limit, "a digest fewer than chunks") { surgery in
      let length = surgery.index.count - 32
      surgery.index.removeLast(32)
      surgery.setIndex(16, UInt64(length))
      surgery.setIndex(surgery.entry(.digests) + 16, UInt64(32 * 4))
      surgery.setIndex(surgery.entry(.digests) + 24, UInt64(4))
      surgery.setBlocks(88, UInt64(length))
      for copy in [4096, surgery.tailIndexOffset] {
        for byte in 0..<32 { surgery.set(copy + length + byte, UInt8(0)) }
      }
    },
    RuleCase(.padding, "after the head copy", at: .verifying) { flipped($0, 8191) },
    RuleCase(.padding, "after the tail copy", at: .verifying) { flipped($0, $0.trailerOffset - 1) },
    RuleCase(.padding, "between chunks", at: .verifying) {
      let end = Int(ByteView($0.index).u64($0.place(.chunks))) + 24
      return flipped($0, end)
    },
    RuleCase(.padding, "after the chunks", at: .verifying) { flipped($0, $0.tailIndexOffset - 1) },
  ]
}
