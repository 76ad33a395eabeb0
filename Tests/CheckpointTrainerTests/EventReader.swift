import Foundation
import SystemPackage

/// A reader of TensorBoard's event files that shares nothing with the writer; after the format's
/// description in `Fixtures/tensorboard/README.md`.
struct EventReader {
  struct Point: Hashable, Comparable {
    var tag: String
    var step: Int
    /// Of a scalar its value; of a histogram its rows, one after the other.
    var values: [Double]
    var plugin = ""

    static func < (a: Point, b: Point) -> Bool { (a.tag, a.step) < (b.tag, b.step) }
  }

  struct Malformed: Error { var reason: String }

  private(set) var points: [Point] = []
  private(set) var version: String?

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 16 else { throw Malformed(reason: "cut off") }
      let head = Array(rest.prefix(8))
      let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard EventReader.masked(head) == word(rest.dropFirst(8)), rest.count >= length + 16 else {
        throw Malformed(reason: "length")
      }
      let data = Array(rest.dropFirst(12).prefix(length))
      guard EventReader.masked(data) == word(rest.dropFirst(12 + length)) else {
        throw Malformed(reason: "data")
      }
      try event(Message(data))
      rest = rest.dropFirst(16 + length)
    }
  }

  /// All points in a directory's files, sorted.
  static func points(in directory: FilePath) throws -> [Point] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
    return try names.filter { $0.contains("tfevents") }.sorted().flatMap { name in
      let url = URL(fileURLWithPath: directory.appending(name).string)
      let file = try EventReader([UInt8](Data(contentsOf: url)))
      guard file.version == "brain.Event:2" else { throw Malformed(reason: "version") }
      return file.points
    }.sorted()
  }

  private mutating func event(_ event: Message) throws {
    if let text = event[3] { version = String(decoding: text, as: UTF8.self) }
    guard let summary = event[5] else { return }
    guard let value = try Message(summary)[1] else { throw Malformed(reason: "value") }
    let message = try Message(value)
    var point = Point(
      tag: String(decoding: message[1] ?? [], as: UTF8.self), step: Int(event.integer(2)),
      values: [])
    if let simple = message[2] {
      point.values = [Double(Float(bitPattern: word(simple[...])))]
    } else if let tensor = try message[8].map(Message.init) {
      let plugin = try Message(Message(message[9] ?? [])[1] ?? [])
      point.plugin = String(decoding: plugin[1] ?? [], as: UTF8.self)
      let content = tensor[4] ?? []
      switch tensor.integer(1) {
      case 1: point.values = [Double(Float(bitPattern: word(content[...])))]
      case 2:
        point.values = stride(from: 0, to: content.count, by: 8).map { start in
          let bits = content[start..<start + 8].reversed().reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
          }
          return Double(bitPattern: bits)
        }
      default: break
      }
    }
    points.append(point)
  }

  /// Bit by bit.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    crc = ~crc
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}

private func word(_ bytes: some Collection<UInt8>) -> UInt32 {
  bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
}

/// The fields of a message; of one that comes again the last.
private struct Message {
  private var fields: [Int: [UInt8]] = [:]
  private var integers: [Int: Int64] = [:]

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: 0, to: 64, by: 7) {
        guard let byte = rest.popFirst() else { throw EventReader.Malformed(reason: "varint") }
        value |= UInt64(byte & 0x7F) << UInt64(shift)
        if byte < 0x80 { return value }
      }
      throw EventReader.Malformed(reason: "varint")
    }
    while !rest.isEmpty {
      let key = try varint()
      let count: Int
      switch key & 7 {
      case 0:
        integers[Int(key >> 3)] = Int64(bitPattern: try varint())
        continue
      case 1: count = 8
      case 2: count = Int(try varint())
      case 5: count = 4
      default: throw EventReader.Malformed(reason: "wire type")
      }
      guard rest.count >= count else { throw EventReader.Malformed(reason: "field") }
      fields[Int(key >> 3)] = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
  }

  subscript(field: Int) -> [UInt8]? { fields[field] }
  func integer(_ field: Int) -> Int64 { integers[field] ?? 0 }
}
