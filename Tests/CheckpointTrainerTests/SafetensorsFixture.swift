import Checkpoint
import CheckpointTrainer
import Foundation
import Testing

/// A file of tensors written by the reference, read with as little as will do.
struct SafetensorsFixture {
  private let header: [String: Any]
  private let body: Data

  init(_ name: String) throws { try self.init(contentsOf: fixture(name)) }

  init(contentsOf url: URL) throws {
    let data = try Data(contentsOf: url)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let json = try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length))
    header = try #require(json as? [String: Any])
    body = Data(data.dropFirst(8 + length))
  }

  var names: [String] { header.keys.filter { $0 != "__metadata__" }.sorted() }

  /// A tensor of f32 or i32, as floats.
  func tensor(_ name: String) throws -> FloatTensor {
    let entry = try #require(header[name] as? [String: Any], "no tensor \(name)")
    let shape = try #require(entry["shape"] as? [Int])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    let bytes = body[offsets[0]..<offsets[1]]
    let words = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { start in
      bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    switch entry["dtype"] as? String {
    case "F32": return FloatTensor(words.map { Float(bitPattern: $0) }, shape: shape)
    case "I32": return FloatTensor(words.map { Float(Int32(bitPattern: $0)) }, shape: shape)
    default: throw TrainerError(.invalidData, "\(name) has another dtype")
    }
  }
}

/// The place of a fixture.
func fixture(_ name: String) throws -> URL {
  try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/" + name)
}

/// A JSON fixture.
func jsonFixture(_ name: String) throws -> JSONValue {
  try JSONValue.parse(utf8: [UInt8](Data(contentsOf: fixture(name))))
}
