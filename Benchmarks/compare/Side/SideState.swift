import Checkpoint
import Foundation
import SystemPackage

/// The state that is saved: arrays as a program would have them.
struct SideState {
  /// A tensor's place in the raw files.
  struct Place: Decodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let file: String
    let offset: Int64
    let bytes: Int
  }

  /// `tensors.json`.
  private struct Description: Decodable {
    let tensors: [Place]
    let changed: [Place]
  }

  /// A dtype nobody knows, or a raw file that ends early.
  struct Unreadable: Error {
    let name: String
  }

  private var places: [Place] = []
  private var arrays: [[UInt8]] = []
  /// Where each changed tensor stands.
  private var changes: [(place: Int, bytes: [UInt8])] = []

  init() {}

  init(folder: FilePath) throws {
    let json = try Data(contentsOf: URL(filePath: folder.appending("tensors.json").string))
    let description = try JSONDecoder().decode(Description.self, from: json)
    places = description.tensors
    arrays = try places.map { try Self.bytes($0, in: folder) }
    let numbers = Dictionary(
      uniqueKeysWithValues: places.enumerated().map { ($0.element.name, $0.offset) })
    for place in description.changed {
      guard let number = numbers[place.name] else { throw Unreadable(name: place.name) }
      changes.append((number, try Self.bytes(place, in: folder)))
    }
  }

  /// All tensors; nothing is copied.
  func checkpoint() throws -> Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    for (place, bytes) in zip(places, arrays) {
      guard let dtype = DType(name: place.dtype) else { throw Unreadable(name: place.name) }
      checkpoint.tensors[place.name] = try Tensor(dtype: dtype, shape: place.shape, bytes: bytes)
    }
    return checkpoint
  }

  /// Exchanges the tensors that fine-tuning changes with what they were or will be.
  mutating func exchange() {
    for number in changes.indices { swap(&arrays[changes[number].place], &changes[number].bytes) }
  }

  /// Writes a byte of each array, as a training's next step would; doing it twice changes nothing.
  mutating func write() {
    for number in arrays.indices where !arrays[number].isEmpty { arrays[number][0] ^= 1 }
  }

  private static func bytes(_ place: Place, in folder: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(folder.pushing(FilePath(place.file)), .readOnly)
    defer { try? file.close() }
    return try [UInt8](unsafeUninitializedCapacity: place.bytes) { buffer, count in
      while count < place.bytes {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let read = try file.read(fromAbsoluteOffset: place.offset + Int64(count), into: rest)
        guard read > 0 else { throw Unreadable(name: place.name) }
        count += read
      }
    }
  }
}
