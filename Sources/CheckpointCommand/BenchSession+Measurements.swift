internal import Checkpoint

extension BenchSession {
  /// All that a session measures, in the order in which it is shown.
  struct Measurements {
    private var all: [BenchMeasurement]

    init(sizeBytes size: UInt64, smallBytes: UInt64) {
      all = [BenchMeasurement("write_limit", "direct writes, one fsync", sizeBytes: size)]
      all += BenchSession.presets.map {
        BenchMeasurement(
          "save_\($0)", "save, \($0.text)", sizeBytes: size, limit: "write_limit")
      }
      all.append(BenchMeasurement("read_limit", "direct reads", sizeBytes: size))
      all += BenchSession.presets.map {
        BenchMeasurement(
          "load_\($0)_cold", "load, \($0.text), from the disk", sizeBytes: size,
          limit: "read_limit")
      }
      for (limit, key, text) in [
        ("memory_limit", "in_place", ""), ("new_memory_limit", "warm", ", to new memory"),
      ] {
        all.append(BenchMeasurement(limit, "reads from memory\(text)", sizeBytes: size))
        all += BenchSession.presets.map {
          BenchMeasurement(
            "load_\($0)_\(key)", "load, \($0.text), from memory\(text)", sizeBytes: size,
            limit: limit)
        }
      }
      all.append(
        BenchMeasurement(
          "publish_limit", "460 KiB: write, fsync, rename, fsync", sizeBytes: smallBytes))
      all.append(
        BenchMeasurement(
          "save_small", "460 KiB: save", sizeBytes: smallBytes, limit: "publish_limit"))
    }

    /// Those that have been measured.
    var values: [BenchMeasurement] { all.filter { !$0.seconds.isEmpty } }

    mutating func append(_ duration: Duration, to key: String, fileSizeBytes: UInt64? = nil) {
      guard let position = all.firstIndex(where: { $0.key == key }) else { return }
      all[position].append(duration)
      if let fileSizeBytes { all[position].fileSizeBytes = fileSizeBytes }
    }
  }
}

extension Compression {
  /// The preset, for people.
  fileprivate var text: String { self == .none ? "raw" : "\(self)" }
}
