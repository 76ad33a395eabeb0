import CheckpointFormat
import ContainerSurgery

/// FORMAT.md §4.1 and §4.2: summary, metrics, tags. The metrics are `loss` and `soon`, which is
/// pending; the tags `best` and `größe`.
extension RuleCase {
  static let summary: [RuleCase] = [
    RuleCase(.summaryMismatch, "logical bytes") { $0.set(.summary, 40, UInt64.max) },
    RuleCase(.summaryMismatch, "stored bytes") { $0.set(.summary, 48, UInt64(0)) },
    RuleCase(.summaryMismatch, "tensor count") { $0.set(.summary, 56, UInt64.max) },
    RuleCase(.summaryMismatch, "chunk count") { $0.set(.summary, 64, UInt64(4)) },
    RuleCase(.summaryMismatch, "non-finite values, aliases counted") {
      $0.set(.summary, 72, UInt64(2))
    },
    RuleCase(.reserved, "a step without its flag") { $0.set(.summary, 32, UInt32(0)) },
    RuleCase(.reserved, "an epoch without its flag") { $0.set(.summary, 16, UInt64(3)) },
    RuleCase(.reserved, "summary flag 2") { $0.set(.summary, 32, UInt32(5)) },
    RuleCase(.reserved, "summary byte 36") { $0.set(.summary, 36, UInt32(1)) },
    RuleCase(.reserved, "summary byte 96") { $0.set(.summary, 96, UInt8(1)) },
    RuleCase(.reserved, "summary byte 127") { $0.set(.summary, 127, UInt8(1)) },
    RuleCase(.reserved, "metric flag 1") { $0.set(.metrics, 16, UInt32(2)) },
    RuleCase(.reserved, "metric byte 20") { $0.set(.metrics, 20, UInt32(1)) },
    RuleCase(.reserved, "the value of a pending metric, -0") {
      $0.set(.metrics, record: 1, 8, UInt64(1) << 63)
    },
    RuleCase(.textBounds, "a metric's offset") { $0.set(.metrics, 0, UInt32.max) },
    RuleCase(.textBounds, "a tag's length") { $0.set(.tags, 4, UInt32(4096)) },
    RuleCase(.nameLength, "of a tag, 0") { $0.set(.tags, 4, UInt32(0)) },
    RuleCase(.nameLength, "of a metric, 4097") { $0.set(.metrics, 4, UInt32(4097)) },
    RuleCase(.nameLength, "of a metric, 2^32 - 1") { $0.set(.metrics, 4, UInt32.max) },
    RuleCase(.textEncoding, "of a metric") { $0.set(.summaryText, 0, UInt8(0xFF)) },
    RuleCase(.textEncoding, "a zero byte in a metric") { $0.set(.summaryText, 1, UInt8(0)) },
    RuleCase(.textEncoding, "a tag that cuts a character") {
      $0.set(.tags, record: 1, 4, UInt32(3))
    },
    RuleCase(.order, "of the metrics") { $0.swapRecords(.metrics) },
    RuleCase(.order, "of the tags") { $0.swapRecords(.tags) },
    RuleCase(.order, "a metric twice") {
      $0.set(.metrics, record: 1, 0, UInt32(0))
      $0.set(.metrics, record: 1, 4, UInt32(4))
    },
  ]

  /// FORMAT.md §4.5: documents `position` and `training`, blobs `more` and `rng`.
  static let records: [RuleCase] = [
    RuleCase(.payloadBounds, "a document's length") { $0.set(.documents, 24, UInt64(1) << 20) },
    RuleCase(.payloadBounds, "a blob and a document that share their bytes") {
      $0.set(.blobs, 16, UInt64(0))
      $0.set(.blobs, 24, UInt64($0.count(.payload)))
    },
    RuleCase(.textBounds, "a document and a blob that share a name") {
      // "positiontraining", both documents' names.
      $0.set(.blobs, 0, UInt64(12))
      $0.set(.blobs, 8, UInt32(16))
    },
    RuleCase(.payloadBounds, "a blob's offset near 2^64") { $0.set(.blobs, 16, UInt64.max) },
    RuleCase(.textBounds, "a document's name") { $0.set(.documents, 0, UInt64(1) << 20) },
    RuleCase(.textBounds, "a blob's name near 2^64") { $0.set(.blobs, 0, UInt64.max) },
    RuleCase(.nameLength, "of a blob, 0") { $0.set(.blobs, 8, UInt32(0)) },
    RuleCase(.nameLength, "of a document, 4097") { $0.set(.documents, 8, UInt32(4097)) },
    RuleCase(.reserved, "document byte 12") { $0.set(.documents, 12, UInt32(1)) },
    RuleCase(.reserved, "blob byte 15") { $0.set(.blobs, 15, UInt8(1)) },
    RuleCase(.order, "of the documents") { $0.swapRecords(.documents) },
    RuleCase(.order, "of the blobs") { $0.swapRecords(.blobs) },
    RuleCase(.document, "a byte order mark", at: .readingDocument("position")) {
      for (place, byte) in [0xEF, 0xBB, 0xBF].enumerated() {
        $0.set(.payload, place, UInt8(byte))
      }
    },
    RuleCase(.document, "not UTF-8", at: .readingDocument("position")) {
      $0.set(.payload, 2, UInt8(0xFF))
    },
    RuleCase(.document, "no JSON", at: .readingDocument("training")) {
      $0.set(.documents, record: 1, 24, UInt64(1))
    },
    RuleCase(.document, "empty", at: .readingDocument("training")) {
      $0.set(.documents, record: 1, 24, UInt64(0))
    },
  ]
}
