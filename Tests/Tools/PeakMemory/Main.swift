import Checkpoint
import Foundation
import SystemPackage

/// Measures how much memory a save and a verified load need beyond the tensors themselves. Run by
/// `Scripts/memory-test`; each mode in a process of its own, since a peak never goes down.
///
/// `peak-memory save|stream|load FILE GIB COMPRESSION`
@main
struct Main {
  static let limitBytes = 64 << 20
  static let tensorBytes = 128 << 20

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let gibibytes = Int(arguments[3]), gibibytes > 0,
      let compression = Compression(rawValue: arguments[4])
    else {
      print("usage: peak-memory save|stream|load FILE GIB none|fast|compact")
      exit(64)
    }
    let path = FilePath(arguments[2])
    let count = gibibytes * (1 << 30) / tensorBytes
    let options = SaveOptions(compression: compression)
    let beyond: Int
    switch arguments[1] {
    case "save": beyond = try save(path, count: count, options: options)
    case "stream": beyond = try stream(path, count: count, options: options)
    case "load": beyond = try load(path)
    default: exit(64)
    }
    let mebibytes = String(format: "%.1f", Double(beyond) / Double(1 << 20))
    print("\(arguments[1]) \(compression) of \(gibibytes) GiB: \(mebibytes) MiB beyond the tensors")
    exit(beyond <= limitBytes ? 0 : 1)
  }

  /// One tensor's elements: noise in the mantissa, as weights have it.
  static func elements(_ number: Int) -> [Float] {
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    return [Float](unsafeUninitializedCapacity: tensorBytes / 4) { buffer, initialized in
      for place in buffer.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        buffer[place] = Float(Int32(truncatingIfNeeded: state >> 32)) * 1e-11
      }
      initialized = buffer.count
    }
  }

  static func save(_ path: FilePath, count: Int, options: SaveOptions) throws -> Int {
    var checkpoint = Checkpoint(step: 1)
    for number in 0..<count { checkpoint.tensors["layer\(number)"] = Tensor(elements(number)) }
    let before = peakBytes()
    try CheckpointWriter(path, options: options).write(checkpoint)
    return peakBytes() - before
  }

  /// Nothing is there but what is being written.
  static func stream(_ path: FilePath, count: Int, options: SaveOptions) throws -> Int {
    let before = peakBytes()
    let tensors = (0..<count).map {
      TensorDeclaration(name: "layer\($0)", dtype: .f32, shape: [tensorBytes / 4])
    }
    try CheckpointWriter(path, options: options).write(Checkpoint(step: 1), tensors: tensors) {
      _, range, buffer in
      let values = buffer.bindMemory(to: Float.self)
      for place in values.indices { values[place] = Float(range.lowerBound / 4 + place) * 1e-7 }
    }
    return peakBytes() - before
  }

  static func load(_ path: FilePath) throws -> Int {
    let before = peakBytes()
    let checkpoint: Checkpoint = try CheckpointReader(path).load()
    let tensorBytes = checkpoint.tensors.values.reduce(0) { $0 + $1.sizeBytes }
    return peakBytes() - before - tensorBytes
  }

  /// The most memory that this process has had so far.
  static func peakBytes() -> Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
