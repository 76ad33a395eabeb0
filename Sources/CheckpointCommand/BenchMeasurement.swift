internal import Checkpoint

/// How long one thing took, each time it was done.
struct BenchMeasurement {
  /// The name in `--json` output.
  let key: String
  /// What people read.
  let label: String
  /// Bytes of the tensors, whatever became of them.
  let sizeBytes: UInt64
  /// What it is compared with: the key of another one.
  var limit: String?
  /// Bytes of the file; nil where it is no matter.
  var fileSizeBytes: UInt64?
  private(set) var seconds: [Double] = []

  init(_ key: String, _ label: String, sizeBytes: UInt64, limit: String? = nil) {
    self.limit = limit
    self.key = key
    self.label = label
    self.sizeBytes = sizeBytes
  }

  /// Takes another time.
  mutating func append(_ duration: Duration) {
    seconds.append(duration / .seconds(1))
  }

  /// The middle one of all times, the upper one of two.
  var median: Double { seconds.sorted()[seconds.count / 2] }
  /// Bytes of the tensors per second, by the median.
  var bytesPerSecond: Double { Double(sizeBytes) / median }

  var json: JSONValue {
    var object: JSONObject = [
      "name": .string(key), "median_seconds": .double(median),
      "least_seconds": .double(seconds.min() ?? median),
      "most_seconds": .double(seconds.max() ?? median),
      "tensor_bytes": .int(Int64(sizeBytes)), "bytes_per_second": .double(bytesPerSecond),
    ]
    if let fileSizeBytes { object["file_bytes"] = .int(Int64(fileSizeBytes)) }
    return .object(object)
  }
}
