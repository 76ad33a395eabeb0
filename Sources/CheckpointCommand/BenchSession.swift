internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// Measures a directory's disk, and saving and loading there, in turns; leaves nothing behind.
struct BenchSession {
  let directory: FilePath
  let sizeBytes: UInt64
  let rounds: Int

  static let presets: [Compression] = [.none, .fast, .compact]
  private static let smallBytes = 460 << 10

  /// - Parameter progress: is told what is done next.
  /// - Throws: `CheckpointError`: `notFound`, `noSpace`, `permissionDenied`, `io`.
  func run(_ progress: (String) -> Void) throws(CheckpointError) -> [BenchMeasurement] {
    progress("making weights")
    let state = try BenchState(sizeBytes: sizeBytes)
    let small = try smallState()
    let size = state.sizeBytes
    var all = Measurements(sizeBytes: size, smallBytes: UInt64(Self.smallBytes))
    let memory = TouchedMemory(sizeBytes: Int(size))
    let file = directory.appending(TemporaryName.random() + ".ckpt")
    defer { remove(file) }
    for round in 1...rounds {
      progress("round \(round) of \(rounds)")
      all.append(try DiskLimit.writing(size, in: directory), to: "write_limit")
      for preset in Self.presets {
        try measure(preset, state, file, memory, &all)
      }
      for _ in 0..<10 {
        all.append(try DiskLimit.publishing(Self.smallBytes, in: directory), to: "publish_limit")
        let writer = CheckpointWriter(file)
        all.append(
          try timed { () throws(CheckpointError) in try writer.write(small) }, to: "save_small")
        remove(file)
      }
    }
    return all.values
  }

  private func measure(
    _ preset: Compression, _ state: BenchState, _ file: FilePath, _ memory: TouchedMemory,
    _ all: inout Measurements
  ) throws(CheckpointError) {
    let options = SaveOptions(compression: preset, chunkSizeBytes: 1 << 20)
    let writer = CheckpointWriter(file, options: options)
    all.append(
      try timed { () throws(CheckpointError) in try writer.write(state.checkpoint) },
      to: "save_\(preset)", fileSizeBytes: try CheckpointReader(file).fileSizeBytes)
    let parts = parts(of: state.checkpoint, in: memory)
    if PosixFileSystem.forgetCached(file) {
      if preset == .none {
        all.append(
          try DiskLimit.reading(file, into: memory.bytes, pastCache: true), to: "read_limit")
        _ = PosixFileSystem.forgetCached(file)
      }
      all.append(
        try timed { () throws(CheckpointError) in try CheckpointReader(file).read(into: parts) },
        to: "load_\(preset)_cold")
    }
    do throws(IOError) {
      try PosixFileSystem.cache(file)
    } catch {
      throw CheckpointError(error)
    }
    if preset == .none {
      all.append(
        try DiskLimit.reading(file, into: memory.bytes, pastCache: false), to: "memory_limit")
      // Once before: a virtual machine's host may have to give the memory first, to whoever comes first.
      _ = try DiskLimit.reading(file, toNewMemory: state.sizeBytes)
      all.append(
        try DiskLimit.reading(file, toNewMemory: state.sizeBytes), to: "new_memory_limit")
    }
    all.append(
      try timed { () throws(CheckpointError) in try CheckpointReader(file).read(into: parts) },
      to: "load_\(preset)_in_place")
    all.append(
      try timed { () throws(CheckpointError) in _ = try CheckpointReader(file).load() },
      to: "load_\(preset)_warm")
    remove(file)
  }

  /// Where each tensor goes; together they are as large as the memory.
  private func parts(
    of checkpoint: Checkpoint, in memory: TouchedMemory
  ) -> [String: UnsafeMutableRawBufferPointer] {
    var start = 0
    return checkpoint.tensors.mapValues { tensor in
      defer { start += tensor.sizeBytes }
      return UnsafeMutableRawBufferPointer(rebasing: memory.bytes[start..<start + tensor.sizeBytes])
    }
  }

  private func smallState() throws(CheckpointError) -> Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    checkpoint.tensors["dense/kernel"] = try Tensor(
      dtype: .f32, shape: [Self.smallBytes / 4],
      bytes: (0..<Self.smallBytes).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 >> 8) })
    return checkpoint
  }

  private func timed(
    _ body: () throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Duration {
    let start = ContinuousClock.now
    try body()
    return ContinuousClock.now - start
  }

  private func remove(_ file: FilePath) {
    guard let name = file.lastComponent?.string else { return }
    try? PosixFileSystem().openDirectory(directory).remove(name)
  }
}
