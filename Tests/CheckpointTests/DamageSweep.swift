import Checkpoint
import CheckpointFormat
import ContainerSurgery
import SystemPackage
import Testing

/// A small container in memory, and what is in it: to be damaged in one place after the other.
struct DamageSweep {
  /// What became of a damaged file.
  enum Outcome: Hashable {
    /// It is refused, with a typed error.
    case refused
    /// It opens; the damage is found by opening or by verification, and what is read is right.
    case found(lostTensors: Int)
    /// The damage is found by nothing.
    case undetected
    /// Something is read that was not written.
    case wrongContent
  }

  let file: MemoryFile
  /// Where the chunks are, with what lies between them.
  let chunkRange: Range<Int>
  private let original: Checkpoint
  private let facts: Facts

  init(_ options: SaveOptions, appending more: [UInt8] = []) throws {
    let directory = TemporaryDirectory()
    var options = options
    options.fileID = UniqueID(high: 3, low: 4)
    options.created = Timestamp(nanoseconds: 5)
    try CheckpointWriter(directory.file("a"), options: options).write(DamageSweep.content)
    let bytes = try directory.bytes("a")
    file = MemoryFile(bytes + more)
    let reader = try CheckpointReader("a", in: MemoryFileSystem(bytes))
    original = try reader.load()
    facts = Facts(reader)
    let chunks = try reader.tensorNames.flatMap { try reader.chunkInfos($0) }
    let ends = chunks.map { Int($0.byteOffset) + $0.storedBytes }
    chunkRange = Int(chunks.map(\.byteOffset).min() ?? 0)..<(ends.max() ?? 0)
    #expect(original.tensors == DamageSweep.content.tensors)
    #expect(try reader.verify().state == .intact && reader.damage.isEmpty)
  }

  /// One chunk of each coding, an alias, a document, a blob, metrics, tags: about 20 KB.
  private static var content: Checkpoint {
    var checkpoint = Checkpoint(step: 1, epoch: 2)
    checkpoint.wallTime = Timestamp(nanoseconds: 6)
    checkpoint.tensors = [
      "bf16": GoldenFile.tensor(.bf16, [500], .normal),
      "i32": GoldenFile.tensor(.i32, [100], .ramp), "raw": GoldenFile.tensor(.u8, [300], .random),
      "text": GoldenFile.tensor(.u8, [400], .text), "zeros": GoldenFile.tensor(.f32, [50], .zeros),
    ]
    checkpoint.aliases = ["tied": "i32"]
    checkpoint.documents = ["position": ["x": 1]]
    checkpoint.blobs = ["rng": [1, 2, 3]]
    checkpoint.metrics = ["loss": 0.5]
    checkpoint.pendingMetrics = ["soon"]
    checkpoint.tags = ["best"]
    return checkpoint
  }

  /// What becomes of the file as it is now.
  /// - Parameter readsContent: whether tensors, documents and blobs are read and compared too.
  func outcome(readsContent: Bool = true) -> Outcome {
    let reader: CheckpointReader
    let isIntact: Bool
    do throws(CheckpointError) {
      reader = try CheckpointReader("a", in: MemoryFileSystem(file))
      // What opening has found needs no verification.
      isIntact = reader.damage.isEmpty ? try reader.verify().state == .intact : false
    } catch {
      return .refused
    }
    guard Facts(reader) == facts else { return .wrongContent }
    guard !isIntact else { return .undetected }
    guard readsContent else { return .found(lostTensors: 0) }
    for (name, document) in original.documents {
      guard let read = try? reader.document(name) else { continue }
      guard read == document else { return .wrongContent }
    }
    for (name, blob) in original.blobs {
      guard (try? reader.blob(name)) == blob else { return .wrongContent }
    }
    var lost = 0
    for (name, tensor) in original.tensors {
      guard let read = try? reader.tensor(name) else {
        lost += 1
        continue
      }
      guard read == tensor else { return .wrongContent }
    }
    return .found(lostTensors: lost)
  }

  /// What opening alone tells.
  private struct Facts: Equatable {
    var summary: CheckpointSummary
    var fileID: UniqueID
    var created: Timestamp
    var names: [String]

    init(_ reader: CheckpointReader) {
      summary = reader.summary
      fileID = reader.fileID
      created = reader.created
      names = Array(reader.tensorNames) + reader.documentNames + reader.blobNames
    }
  }
}
