import Checkpoint
import Foundation
import SystemPackage

/// Saves and loads of states from 0.1 GB upwards, every one durable and verified, beside what the disk
/// takes and gives at best.
struct ByteSeries {
  let folder: URL

  private static let sizesGB = [0.1, 0.2, 0.5, 1, 2, 4, 8]
  /// 20 MB in whole pages, so that all of it can go past the page cache.
  private static let tensorBytes = 20_000_768

  /// At the largest size the state needs as much memory as it has bytes, and loading it, when the state is
  /// gone, twice that where the page cache is counted.
  func measure(upTo limitBytes: Double) throws {
    for size in ByteSeries.sizesGB.map({ $0 * 1e9 }) where size <= limitBytes {
      let count = Int(size) / 20_000_000
      let rounds = size < 1e9 ? 7 : 3
      let file = folder.appending(path: "state.ckpt").path
      let raw = RawDisk(path: folder.appending(path: "raw").path)
      try saves(count, rounds: rounds, file: file, raw: raw)
      try loads(count, rounds: rounds, file: file, raw: raw)
      try FileManager.default.removeItem(atPath: file)
    }
  }

  private func saves(_ count: Int, rounds: Int, file: String, raw: RawDisk) throws {
    let state = checkpoint(count)
    let writer = CheckpointWriter(FilePath(file))
    var limits: [Double] = []
    var saves: [Double] = []
    for _ in 0..<rounds {
      limits.append(try Stopwatch.seconds { try raw.write(count * ByteSeries.tensorBytes) })
      try FileManager.default.removeItem(atPath: raw.path)
      if FileManager.default.fileExists(atPath: file) {
        try FileManager.default.removeItem(atPath: file)
      }
      saves.append(try Stopwatch.seconds { try writer.write(state) })
    }
    let size = Double(count * ByteSeries.tensorBytes)
    try Point(series: "direct writes", size: size, seconds: limits).print()
    try Point(series: "save", size: size, seconds: saves).print()
  }

  private func loads(_ count: Int, rounds: Int, file: String, raw: RawDisk) throws {
    let rawFile = RawDisk(path: file)
    var limits: [Double] = []
    var colds: [Double] = []
    var warms: [Double] = []
    // There already: how soon the system gives memory is another question.
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * ByteSeries.tensorBytes, alignment: 1 << 21)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    func load() throws -> Double {
      try Stopwatch.seconds {
        let reader = try CheckpointReader(FilePath(file))
        var parts: [String: UnsafeMutableRawBufferPointer] = [:]
        for position in 0..<reader.tensorCount {
          let start = position * ByteSeries.tensorBytes
          parts[reader.info(at: position).name] = UnsafeMutableRawBufferPointer(
            rebasing: memory[start..<start + ByteSeries.tensorBytes])
        }
        try reader.read(into: parts)
      }
    }
    for _ in 0..<rounds {
      try rawFile.forgetCached()
      limits.append(
        try Stopwatch.seconds { try rawFile.read(count * ByteSeries.tensorBytes) })
      try rawFile.forgetCached()
      colds.append(try load())
      // Reading from the disk may leave only a part in memory.
      try rawFile.read(count * ByteSeries.tensorBytes, direct: false)
      warms.append(try load())
    }
    let size = Double(count * ByteSeries.tensorBytes)
    try Point(series: "direct reads", size: size, seconds: limits).print()
    try Point(series: "cold load", size: size, seconds: colds).print()
    try Point(series: "warm load", size: size, seconds: warms).print()
  }

  /// Tensors of memory of their own: what is written twice from the same place comes from the cache.
  private func checkpoint(_ count: Int) -> Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    for number in 0..<count {
      var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
      let elements = [Float](unsafeUninitializedCapacity: ByteSeries.tensorBytes / 4) {
        buffer, initialized in
        for place in buffer.indices {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          buffer[place] = Float(Int32(truncatingIfNeeded: state >> 32)) * 1e-11
        }
        initialized = buffer.count
      }
      checkpoint.tensors["layer_\(number)/kernel"] = Tensor(elements)
    }
    return checkpoint
  }
}
