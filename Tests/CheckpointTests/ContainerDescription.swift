import Checkpoint
import CheckpointFormat
import Testing

/// All that a container says, as JSON: with the members that Tests/Conformance's reader prints. From
/// the value that is saved, and from the file: the two ways share no code.
enum ContainerDescription {
  /// Of what is to be saved.
  static func of(_ checkpoint: Checkpoint, options: SaveOptions) -> JSONValue {
    var tensors: [(String, JSONValue)] = []
    var logicalBytes = 0
    var chunkCount = 0
    var nonFinite = 0
    let chunkSize = options.chunkSizeBytes ?? 1 << 20
    for (name, tensor) in checkpoint.tensors {
      tensors.append((name, describe(name, tensor, alias: nil)))
      logicalBytes += tensor.sizeBytes
      chunkCount += (tensor.sizeBytes + chunkSize - 1) / chunkSize
      nonFinite += tensor.nonFiniteCount
    }
    for (alias, target) in checkpoint.aliases {
      guard let tensor = checkpoint.tensors[target] else { continue }
      tensors.append((alias, describe(alias, tensor, alias: target)))
    }
    tensors.sort { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }
    var metrics = JSONObject()
    for (name, value) in checkpoint.metrics { metrics[name] = .number(value) }
    for name in checkpoint.pendingMetrics where metrics[name] == nil { metrics[name] = .null }
    return [
      "summary": [
        "sequence": nil, "step": number(checkpoint.step), "epoch": number(checkpoint.epoch),
        "wall_time_ns": .int(checkpoint.wallTime?.nanoseconds ?? 0),
        "logical_bytes": .int(Int64(logicalBytes)), "tensor_count": .int(Int64(tensors.count)),
        "chunk_count": .int(Int64(chunkCount)), "non_finite": .int(Int64(nonFinite)),
        "run_uuid": checkpoint.runID == .none ? nil : hex(checkpoint.runID),
        "metrics": .object(metrics), "tags": tags(checkpoint.tags),
        "file_uuid": hex(options.fileID ?? .none),
        "creation_time_ns": .int(options.created?.nanoseconds ?? 0),
        "chunk_size": .int(Int64(chunkSize)), "digests": .bool(options.digests),
      ],
      "tensors": .array(tensors.map(\.1)),
      "documents": object(checkpoint.documents.map { ($0, $1) }),
      "blobs": object(checkpoint.blobs.map { ($0, .string(sha256($1))) }),
    ]
  }

  /// Of a file, by the reader.
  static func of(_ reader: CheckpointReader) throws -> JSONValue {
    let summary = reader.summary
    var metrics = JSONObject()
    for (name, value) in summary.metrics { metrics[name] = .number(value) }
    for name in summary.pendingMetrics { metrics[name] = .null }
    return [
      "summary": [
        "sequence": summary.sequence == 0 ? nil : number(summary.sequence),
        "step": number(summary.step), "epoch": number(summary.epoch),
        "wall_time_ns": .int(summary.wallTime.nanoseconds),
        "logical_bytes": number(summary.logicalBytes),
        "tensor_count": .int(Int64(summary.tensorCount)),
        "chunk_count": .int(Int64(summary.chunkCount)),
        "non_finite": number(summary.nonFiniteCount),
        "run_uuid": summary.runID == .none ? nil : hex(summary.runID),
        "metrics": .object(metrics), "tags": tags(summary.tags), "file_uuid": hex(reader.fileID),
        "creation_time_ns": .int(reader.created.nanoseconds),
        "chunk_size": .int(Int64(reader.chunkSizeBytes)),
        "digests": .bool(reader.rootDigest != nil),
      ],
      "tensors": .array(
        try reader.tensorNames.map { name in
          let info = try reader.info(name)
          let tensor = try reader.tensor(name)
          #expect(Int64(info.nonFiniteCount) == Int64(tensor.nonFiniteCount), "\(name)")
          #expect(info.dtype == tensor.dtype && info.shape == tensor.shape, "\(name)")
          return describe(name, tensor, alias: info.aliasOf)
        }),
      "documents": object(try reader.documentNames.map { ($0, try reader.document($0)) }),
      "blobs": object(
        try reader.blobNames.map { ($0, .string(sha256(try reader.blob($0)))) }),
    ]
  }

  private static func describe(_ name: String, _ tensor: Tensor, alias: String?) -> JSONValue {
    let digest = tensor.withUnsafeBytes { SHA256.digest(of: $0) }
    return [
      "name": .string(name), "dtype": .string(tensor.dtype.name),
      "shape": .array(tensor.shape.map { .int(Int64($0)) }),
      "alias": alias.map { .string($0) } ?? .null, "sha256": .string(hex(digest)),
      "non_finite": .int(Int64(tensor.nonFiniteCount)),
    ]
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in members.sorted(by: { $0.0 < $1.0 }) { object[name] = value }
    return .object(object)
  }

  private static func tags(_ tags: Set<String>) -> JSONValue {
    .array(
      tags.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        .map { .string($0) })
  }

  /// As JSON reads it: a double beyond 64 bits with sign.
  private static func number(_ value: UInt64?) -> JSONValue {
    guard let value else { return .null }
    return Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
  }

  private static func sha256(_ bytes: [UInt8]) -> String {
    hex(bytes.withUnsafeBytes { SHA256.digest(of: $0) })
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func hex(_ id: UniqueID) -> JSONValue {
    .string(id.description.filter { $0 != "-" })
  }
}
