internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// Measures a directory's disk, and saving and loading there, in turns; leaves nothing behind.
struct BenchSession {
  let directory: FilePath
  let sizeBytes: UInt64
  let rounds: Int

  private static let presets: [Compression] = [.none, .fast, .compact]
  private static let smallBytes = 460 << 10

  /// - Parameter progress: is told what is done next.
  /// - Throws: `CheckpointError`: `notFound`, `noSpace`, `permissionDenied`, `io`.
  func run(_ progress: (String) -> Void) throws(CheckpointError) -> [BenchMeasurement] {
    progress("making weights")
    let state = try BenchState(sizeBytes: sizeBytes)
    let small = try smallState()
    let size = state.sizeBytes
    var limit = BenchMeasurement("write_limit", "direct writes, one fsync", sizeBytes: size)
    var saves = Self.presets.map {
      BenchMeasurement("save_\($0)", "save, \($0.text)", sizeBytes: size)
    }
    var colds = Self.presets.map {
      BenchMeasurement("load_\($0)_cold", "load, \($0.text), from the disk", sizeBytes: size)
    }
    var warms = Self.presets.map {
      BenchMeasurement("load_\($0)_warm", "load, \($0.text), from memory", sizeBytes: size)
    }
    var bare = BenchMeasurement(
      "publish_limit", "460 KiB: write, fsync, rename, fsync", sizeBytes: UInt64(Self.smallBytes))
    var tiny = BenchMeasurement(
      "save_small", "460 KiB: save", sizeBytes: UInt64(Self.smallBytes))
    let file = directory.appending(TemporaryName.random() + ".ckpt")
    defer { remove(file) }
    for round in 1...rounds {
      progress("round \(round) of \(rounds)")
      limit.append(try DiskLimit.writing(size, in: directory))
      for (number, preset) in Self.presets.enumerated() {
        let options = SaveOptions(compression: preset, chunkSizeBytes: 1 << 20)
        let writer = CheckpointWriter(file, options: options)
        saves[number].append(
          try timed { () throws(CheckpointError) in try writer.write(state.checkpoint) })
        if PosixFileSystem.forgetCached(file) {
          colds[number].append(
            try timed { () throws(CheckpointError) in
              _ = try CheckpointReader(file).load()
            })
        }
        // Direct writes leave nothing in memory, and reading may leave only a part.
        _ = try CheckpointReader(file).load()
        warms[number].append(
          try timed { () throws(CheckpointError) in _ = try CheckpointReader(file).load() })
        let fileSize = try CheckpointReader(file).fileSizeBytes
        saves[number].fileSizeBytes = fileSize
        remove(file)
      }
      for _ in 0..<10 {
        bare.append(try DiskLimit.publishing(Self.smallBytes, in: directory))
        let writer = CheckpointWriter(file)
        tiny.append(try timed { () throws(CheckpointError) in try writer.write(small) })
        remove(file)
      }
    }
    return ([limit] + saves + colds + warms + [bare, tiny]).filter { !$0.seconds.isEmpty }
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

extension Compression {
  /// The preset, for people.
  fileprivate var text: String { self == .none ? "raw" : "\(self)" }
}
