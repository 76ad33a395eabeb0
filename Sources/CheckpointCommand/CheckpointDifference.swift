internal import Checkpoint

/// What differs between two checkpoints.
struct CheckpointDifference {
  /// A fact that both have, or one, in short.
  struct Field {
    var name: String
    var a: JSONValue
    var b: JSONValue
  }

  /// Items that only one of the two has, and those that both have and differ.
  struct Items<Change> {
    var removed: [String] = []
    var added: [String] = []
    var changed: [(name: String, change: Change)] = []
    var sameCount = 0

    var isSame: Bool { removed.isEmpty && added.isEmpty && changed.isEmpty }
  }

  /// A blob that differs.
  struct BlobChange {
    var sizes: (a: Int, b: Int)
    /// The first byte that differs.
    var offset: Int
  }

  /// What names the saving rather than the state.
  private(set) var identity: [Field] = []
  private(set) var summary: [Field] = []
  private(set) var documents = Items<DocumentDifference>()
  private(set) var blobs = Items<BlobChange>()
  private(set) var tensors = Items<TensorDifference>()

  /// Compares two files, the tensors piece by piece.
  /// - Throws: `CheckpointError` if one can't be read.
  init(
    _ a: CheckpointReader, _ b: CheckpointReader, trustsChecksums: Bool, _ progress: ProgressBar
  ) throws(CheckpointError) {
    compareFields(a, b)
    let (documentsA, documentsB) = (a.documentNames, b.documentNames)
    documents = try CheckpointDifference.merge(documentsA, documentsB) { i, j in
      DocumentDifference(a.documentBytes(at: i), b.documentBytes(at: j))
    }
    let (blobsA, blobsB) = (a.blobNames, b.blobNames)
    blobs = try CheckpointDifference.merge(blobsA, blobsB) { i, j in
      let (left, right) = (a.blobBytes(at: i), b.blobBytes(at: j))
      guard left != right else { return nil }
      let offset = zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset
      return BlobChange(
        sizes: (left.count, right.count), offset: offset ?? min(left.count, right.count))
    }
    let comparison = TensorComparison(a, b, trustsChecksums: trustsChecksums)
    progress.start("comparing", totalBytes: a.summary.logicalBytes)
    var doneBytes: UInt64 = 0
    tensors = try CheckpointDifference.merge(a.tensorNames, b.tensorNames) {
      (i, j) throws(CheckpointError) in
      let info = a.info(at: i)
      defer { doneBytes += info.aliasOf == nil ? info.sizeBytes : 0 }
      return try comparison.difference(of: info, and: b.info(at: j)) {
        progress.advance(to: doneBytes + $0)
      }
    }
  }

  private mutating func compareFields(_ a: CheckpointReader, _ b: CheckpointReader) {
    func field(_ name: String, _ a: JSONValue, _ b: JSONValue) -> [Field] {
      a == b ? [] : [Field(name: name, a: a, b: b)]
    }
    let (x, y) = (a.summary, b.summary)
    identity =
      field("uuid", .string("\(a.fileID)"), .string("\(b.fileID)"))
      + field("created", .moment(a.created), .moment(b.created))
      + field("sequence", .count(x.sequence), .count(y.sequence))
      + field("wallTime", .moment(x.wallTime), .moment(y.wallTime))
      + field("runID", .string("\(x.runID)"), .string("\(y.runID)"))
    summary =
      field("step", .optional(x.step), .optional(y.step))
      + field("epoch", .optional(x.epoch), .optional(y.epoch))
    for name in Set(x.metrics.keys).union(y.metrics.keys).sorted() {
      summary += field(
        "metrics.\(name)", x.metrics[name].map { .number($0) } ?? .null,
        y.metrics[name].map { .number($0) } ?? .null)
    }
    summary +=
      field(
        "pendingMetrics", .strings(x.pendingMetrics.sorted()), .strings(y.pendingMetrics.sorted()))
      + field("tags", .strings(x.tags.sorted()), .strings(y.tags.sorted()))
  }

  /// Walks two lists of names, each in the order of its UTF-8 bytes. Bytes decide, as in the format:
  /// Swift's `==` also takes other spellings of the same characters for the same.
  /// - Parameter change: how two items of one name differ, by their positions; nil if they don't.
  private static func merge<Change>(
    _ a: some RandomAccessCollection<String>, _ b: some RandomAccessCollection<String>,
    _ change: (Int, Int) throws(CheckpointError) -> Change?
  ) throws(CheckpointError) -> Items<Change> {
    var items = Items<Change>()
    let (namesA, namesB) = (Array(a), Array(b))
    var (i, j) = (0, 0)
    while i < namesA.count || j < namesB.count {
      if i < namesA.count, j < namesB.count, namesA[i].utf8.elementsEqual(namesB[j].utf8) {
        if let change = try change(i, j) {
          items.changed.append((namesA[i], change))
        } else {
          items.sameCount += 1
        }
        i += 1
        j += 1
      } else if j == namesB.count
        || i < namesA.count && namesA[i].utf8.lexicographicallyPrecedes(namesB[j].utf8)
      {
        items.removed.append(namesA[i])
        i += 1
      } else {
        items.added.append(namesB[j])
        j += 1
      }
    }
    return items
  }
}

extension JSONValue {
  /// ISO 8601 to the nanosecond: saves of one second differ.
  fileprivate static func moment(_ time: Timestamp) -> JSONValue {
    let second = 1_000_000_000 as Int64
    let fraction = "\(((time.nanoseconds % second) + second) % second)"
    let zeros = String(repeating: "0", count: 9 - fraction.count)
    return .string("\(time)".dropLast() + ".\(zeros)\(fraction)Z")
  }
}
