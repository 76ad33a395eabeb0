import Foundation

/// How long something took at one size, each time it was done.
struct Point: Encodable {
  /// What was measured.
  let series: String
  /// How much of it there was: bytes, tensors, chunks or checkpoints.
  let size: Double
  /// Each time.
  let seconds: [Double]
  /// What the process had in memory for it, where that was measured.
  var memoryBytes: Int?

  /// Writes it to standard output.
  func print() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    FileHandle.standardOutput.write(try encoder.encode(self) + Data("\n".utf8))
  }
}
