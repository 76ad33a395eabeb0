import Checkpoint
import CheckpointIO
import CheckpointTrainer
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

/// What Keras did with a model: a case of the fixtures.
struct KerasReference {
  let name: String
  private let header: [String: Any]
  private let body: ArraySlice<UInt8>

  init(_ name: String) throws {
    self.name = name
    let bytes = try fixtureBytes("keras-archive/\(name).expected.safetensors")
    let count = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let json = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + count]))
    header = try #require(json as? [String: Any])
    body = bytes[(8 + count)...]
  }

  /// All tensors' names, but for `__metadata__`.
  var names: [String] { header.keys.filter { $0 != "__metadata__" } }

  func bytes(_ name: String) throws -> (shape: [Int], bytes: [UInt8]) {
    let entry = try #require(header[name] as? [String: Any], "no tensor \(name)")
    let offsets = try #require(entry["data_offsets"] as? [Int])
    return (
      try #require(entry["shape"] as? [Int]),
      Array(body[body.startIndex + offsets[0]..<body.startIndex + offsets[1]])
    )
  }

  func floats(_ name: String) throws -> FloatTensor {
    let (shape, bytes) = try bytes(name)
    return FloatTensor(
      stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(
          bitPattern: bytes[start..<start + 4].reversed().reduce(UInt32(0)) {
            $0 << 8 | UInt32($1)
          })
      }, shape: shape)
  }

  func int(_ name: String) throws -> Int {
    try bytes(name).bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

/// The state of a fixture's archive.
func kerasFixture(_ name: String) throws -> ExchangeState {
  try KerasArchiveReader.read(
    FilePath(fixtureLocation("keras-archive/\(name).keras").path), in: PosixFileSystem())
}

extension ExchangeState {
  /// A checkpoint's, tensors in the order of their names.
  init(holding checkpoint: Checkpoint) throws {
    var rest = checkpoint
    rest.tensors = [:]
    let tensors = try checkpoint.tensors.sorted { $0.key < $1.key }.map { name, tensor in
      let bytes = tensor.withUnsafeBytes { [UInt8]($0) }
      return try StreamedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape) {
        range, buffer in
        bytes.withUnsafeBytes {
          buffer.copyMemory(
            from: .init(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
      }
    }
    self.init(checkpoint: rest, tensors: tensors)
  }

  /// All of it in memory.
  func loaded() throws -> Checkpoint {
    var checkpoint = checkpoint
    for tensor in tensors {
      checkpoint.tensors[tensor.name] = try Tensor(
        dtype: tensor.dtype, shape: tensor.shape, bytes: try tensor.allBytes())
    }
    return checkpoint
  }
}

/// The archive that is written for a state.
func kerasArchive(_ state: ExchangeState) throws -> [UInt8] {
  let folder = MemoryFolder()
  let written = try KerasArchiveWriter.write(
    state, to: "/file", replacing: false, in: folder.disk)
  let bytes = try folder.bytes()
  #expect(written.sizeBytes == UInt64(bytes.count))
  return bytes
}

/// The state of an archive's bytes.
func readKeras(_ bytes: [UInt8]) throws -> ExchangeState {
  try KerasArchiveReader.read("/x.keras", in: MemoryFolder.disk(bytes, named: "x.keras"))
}

/// The archive with members replaced or added, and without others.
func changedArchive(
  _ bytes: [UInt8], replacing new: [String: [UInt8]] = [:], without names: Set<String> = []
) throws -> [UInt8] {
  let reader = try ZipReader(try MemoryFolder().file(bytes))
  let folder = MemoryFolder()
  let output = try ExchangeOutput("/file", in: folder.disk)
  let zip = ZipWriter(output)
  for member in reader.members where !names.contains(member.name) && new[member.name] == nil {
    try zip.add(member.name, try reader.bytes(of: member, limit: .max))
  }
  for (name, content) in new { try zip.add(name, content) }
  try zip.finish()
  try output.commit(replacing: false)
  return try folder.bytes()
}
