internal import CheckpointFormat
internal import CheckpointIO

/// Which chunks of a file can't be read.
struct DamageMap: Sendable {
  private let lost: [Int: CheckpointError]
  private let reader: CheckpointReader

  /// Reads every chunk once.
  /// - Throws: `CheckpointError` if the system fails to read, other than by a media error.
  init(_ reader: CheckpointReader) throws(CheckpointError) {
    let owners = reader.chunkOwners()
    let index = reader.container.index
    let lost = Locked<[Int: CheckpointError]>([:])
    try reader.chunks.visit(reader.allChunks(owners)) { (chunk, stored) throws(CheckpointError) in
      do throws(CheckpointError) {
        _ = try stored.decoded()
      } catch {
        guard !error.isSystemFailure else { throw error }
        // A bad sector of the disk reads as EIO: that, too, is only this chunk.
        let name = index.tensorName(owners[chunk])
        lost.withLock { $0[chunk] = error.about(name, in: reader.path) }
      }
    }
    self.lost = lost.withLock { $0 }
    self.reader = reader
  }

  func isLost(_ chunk: Int) -> Bool { lost[chunk] != nil }

  /// One per lost chunk, in file order.
  var errors: [CheckpointError] { lost.sorted { $0.key < $1.key }.map(\.value) }

  func report(findings: [CheckpointError]) -> SalvageReport {
    let index = reader.container.index
    var report = SalvageReport(
      intactTensors: [], losses: [], lostDocuments: [], lostBlobs: [], findings: findings)
    for number in 0..<index.tensorCount {
      let owner = reader.owner(of: number)
      let chunks = owner.chunks.filter(isLost)
      guard !chunks.isEmpty else {
        report.intactTensors.append(index.tensorName(number))
        continue
      }
      // An alias's loss is its target's.
      guard index.tensor(number).aliasTarget == nil else { continue }
      report.losses.append(
        SalvageReport.Loss(
          tensor: index.tensorName(number), rows: rows(of: chunks, tensor: number),
          rowCount: index.shape(of: owner).first ?? 1,
          lostBytes: chunks.reduce(0) { $0 + UInt64(index.chunk($1).logicalBytes) },
          sizeBytes: owner.logicalBytes))
    }
    return report
  }

  /// Neighbouring and overlapping ranges are joined.
  private func rows(of chunks: [Int], tensor number: Int) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for chunk in chunks {
      let rows = reader.rows(ofChunk: chunk, tensor: number) ?? 0..<1
      if let last = joined.last, rows.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, rows.upperBound)
      } else {
        joined.append(rows)
      }
    }
    return joined
  }
}
