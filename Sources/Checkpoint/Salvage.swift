internal import CheckpointFormat
package import CheckpointIO
public import SystemPackage

/// Rescues what is intact in a damaged or torn file.
public enum Salvage {
  /// Reads all that verifies from `path` and writes it to `output`, as a sound file.
  ///
  /// Tensors that are damaged keep their intact bytes. Lost elements become NaN in float tensors, so
  /// that nobody trains on them unnoticed, and 0 in others; the document `salvage` says which rows are
  /// lost, and the tag `salvaged` marks the file; an earlier document `salvage` becomes `salvage-1`. Documents
  /// that are no JSON are left out, and the report names them. A file that had lost spare copies only is rescued
  /// as it was. Needs superblock or trailer, and every section of the index in one of its two
  /// copies. Reads everything twice, in bounded memory.
  /// - Parameters:
  ///   - path: the damaged file; it is not changed.
  ///   - output: where the sound one goes.
  ///   - options: how it is written.
  ///   - replacing: whether a file at `output` is replaced; otherwise it is an error.
  /// - Throws: `CheckpointError`: what makes the file hopeless (`notACheckpoint`, `checksumMismatch`,
  ///   …); for the output what `CheckpointWriter.write` throws. Nothing is written then.
  public static func salvage(
    _ path: FilePath, to output: FilePath, options: SaveOptions = SaveOptions(),
    replacing: Bool = false
  ) throws(CheckpointError) -> SalvageReport {
    try salvage(
      path, to: output, options: options, replacing: replacing, in: PosixFileSystem())
  }

  package static func salvage(
    _ path: FilePath, to output: FilePath, options: SaveOptions, replacing: Bool,
    in fileSystem: any FileSystem
  ) throws(CheckpointError) -> SalvageReport {
    let file = try ContainerFile.open(path, in: fileSystem)
    let reader = CheckpointReader(
      try ContainerFile(salvaging: file, path: path), limits: ReadLimits())
    let damage = try DamageMap(reader)
    let summary = reader.summary
    var checkpoint = Checkpoint(summary)
    var report = damage.report(findings: reader.damage + damage.errors)
    rescueContents(of: reader, into: &checkpoint, &report)
    if !report.losses.isEmpty {
      checkpoint.tags.insert("salvaged")
      keepEarlierReport(&checkpoint)
      checkpoint.documents["salvage"] = document(report)
    }

    // The same chunks, so that one lost there is one lost here.
    var options = options
    options.chunkSizeBytes = reader.chunkSizeBytes
    let index = reader.container.index
    let declarations = (0..<index.tensorCount).map { number in
      let record = index.tensor(number)
      return TensorDeclaration(
        name: index.tensorName(number), dtype: record.dtype, shape: index.shape(of: record),
        aliasOf: record.aliasTarget.map { index.tensorName($0) })
    }
    let writer = CheckpointWriter(output, options: options, in: fileSystem)
    try writer.write(
      checkpoint, tensors: declarations, sequence: summary.sequence, replacing: replacing
    ) { (name, range, buffer) throws(CheckpointError) in
      let record = index.tensor(try reader.number(of: name))
      let chunk = record.chunks.lowerBound + range.lowerBound / reader.chunkSizeBytes
      if damage.isLost(chunk) {
        NonFinite.fillWithNaN(buffer, dtype: record.dtype)
      } else {
        try reader.chunks.read(chunk: chunk, dtype: record.dtype, into: buffer)
      }
    }
    return report
  }

  /// Documents and blobs. A checkpoint holds no two names that differ only in their Unicode form, so
  /// the second one is left out, and said to be.
  private static func rescueContents(
    of reader: CheckpointReader, into checkpoint: inout Checkpoint, _ report: inout SalvageReport
  ) {
    let index = reader.container.index
    func taken(_ what: String, _ name: String) -> CheckpointError {
      CheckpointError(
        .limitExceeded,
        "the \(what) is left out: its name differs from another's only in its Unicode form",
        path: reader.path, item: name)
    }
    for position in 0..<index.count(.blobs) {
      let name = index.contentName(.blobs, at: position)
      if checkpoint.blobs[name] == nil {
        checkpoint.blobs[name] = reader.blobBytes(at: position)
      } else {
        report.lostBlobs.append(name)
        report.findings.append(taken("blob", name))
      }
    }
    for position in 0..<index.count(.documents) {
      let name = index.contentName(.documents, at: position)
      do throws(CheckpointError) {
        guard checkpoint.documents[name] == nil else { throw taken("document", name) }
        checkpoint.documents[name] = try reader.document(at: position).value
      } catch {
        report.lostDocuments.append(name)
        report.findings.append(error)
      }
    }
  }

  /// A file that was salvaged before has a document `salvage`: it becomes `salvage-1`, or the next
  /// that is free.
  private static func keepEarlierReport(_ checkpoint: inout Checkpoint) {
    guard let earlier = checkpoint.documents["salvage"] else { return }
    var number = 1
    while checkpoint.documents["salvage-\(number)"] != nil { number += 1 }
    checkpoint.documents["salvage-\(number)"] = earlier
  }

  private static func document(_ report: SalvageReport) -> JSONValue {
    let losses = report.losses.map { loss -> JSONValue in
      [
        "tensor": .string(loss.tensor),
        "rows": .array(loss.rows.map { [.int(Int64($0.lowerBound)), .int(Int64($0.upperBound))] }),
        "lost_bytes": .int(Int64(loss.lostBytes)),
      ]
    }
    return ["lost": .array(losses)]
  }
}
