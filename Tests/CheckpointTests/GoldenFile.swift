import Checkpoint
import CheckpointFormat
import ContainerSurgery
import Foundation

/// The golden files: one per feature of the format, in a folder per version. What they hold is here and, as
/// JSON for readers in other languages, beside them.
enum GoldenFile: String, CaseIterable, Sendable {
  case empty, dtypes, aliases, documents, metrics, digests, chunks, shapes, names
  case nonFinite = "non-finite"
  case fast, compact
  case compactDigests = "compact-digests"
  case exponentWindow = "exponent-window"
  case fourStreamHuffman = "four-stream-huffman"

  /// The version of the format that they are of.
  var version: String {
    switch self {
    case .exponentWindow, .fourStreamHuffman: "1.1"
    default: "1.0"
    }
  }

  /// Coded by zlib or LZ4, whose next version may give other bytes for the same data.
  var isCoded: Bool { options.compression != .none && version == "1.0" }

  /// Identity and times are fixed, so that the same content gives the same bytes.
  var options: SaveOptions {
    let compression: Compression =
      switch self {
      case .fast, .exponentWindow: .fast
      case .compact, .compactDigests, .fourStreamHuffman: .compact
      default: .none
      }
    return SaveOptions(
      compression: compression, chunkSizeBytes: self == .empty ? 1 << 20 : 65536,
      digests: self == .digests || self == .compactDigests,
      fileID: UniqueID(high: 0x1021_3243_5465_4687, low: 0x98A9_BACB_DCED_FE0F),
      created: Timestamp(nanoseconds: 1_795_380_600_123_456_789))
  }

  /// What the file holds.
  var checkpoint: Checkpoint {
    var checkpoint = Checkpoint()
    checkpoint.wallTime = Timestamp(nanoseconds: -1)
    switch self {
    case .empty: break
    case .dtypes:
      for dtype in DType.allCases {
        checkpoint.tensors["all/\(dtype)"] = GoldenFile.tensor(dtype, [4, 6], .random)
      }
    case .aliases:
      checkpoint.tensors["model/embedding"] = Tensor(
        [1, 2, .nan, 4, 5, 6] as [Float], shape: [2, 3])
      checkpoint.tensors["empty"] = Tensor([] as [Double], shape: [0, 7])
      checkpoint.aliases = [
        "a first": "model/embedding", "model/head": "model/embedding", "z last": "empty",
      ]
    case .documents: GoldenFile.fillDocuments(&checkpoint)
    case .metrics: GoldenFile.fillMetrics(&checkpoint)
    case .digests:
      checkpoint.tensors["w"] = GoldenFile.tensor(.f32, [30, 10], .normal)
      checkpoint.tensors["b"] = GoldenFile.tensor(.i16, [30], .ramp)
      checkpoint.documents["training"] = ["rate": 0.001]
      checkpoint.step = 1
    case .chunks:
      checkpoint.tensors["large"] = GoldenFile.tensor(.u16, [33_000], .ramp)
      checkpoint.tensors["small"] = GoldenFile.tensor(.u8, [65], .random)
      checkpoint.tensors["smaller"] = GoldenFile.tensor(.u8, [1], .random)
    case .shapes: GoldenFile.fillShapes(&checkpoint)
    case .names: GoldenFile.fillNames(&checkpoint)
    case .nonFinite: GoldenFile.fillNonFinite(&checkpoint)
    case .fast, .compact, .compactDigests: GoldenFile.fillCoded(&checkpoint)
    case .exponentWindow, .fourStreamHuffman: GoldenFile.fillFloats(&checkpoint)
    }
    return checkpoint
  }

  /// The file and what it holds, as the working copy has them.
  var directory: URL { GoldenFile.directory(version: version) }

  /// A version's folder.
  static func directory(version: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/\(version)")
  }

  /// The bytes of the golden file.
  func bytes() throws -> [UInt8] { try resource("ckpt") }

  /// What the golden file holds.
  func expected() throws -> JSONValue { try JSONValue.parse(utf8: try resource("json")) }

  private func resource(_ ending: String) throws -> [UInt8] {
    let bundle = Bundle.module.url(
      forResource: rawValue, withExtension: ending, subdirectory: "Golden/\(version)")
    return [UInt8](try Data(contentsOf: bundle ?? URL(fileURLWithPath: "/\(rawValue).\(ending)")))
  }
}
