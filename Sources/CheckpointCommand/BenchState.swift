internal import Checkpoint

/// Weights to measure with: normally distributed bf16, in tensors of 32 MiB.
struct BenchState {
  /// The state.
  let checkpoint: Checkpoint
  /// Bytes of its tensors.
  let sizeBytes: UInt64

  private static let tensorBytes = 32 << 20

  /// - Parameter sizeBytes: rounded down to whole tensors, at least one.
  init(sizeBytes: UInt64) throws(CheckpointError) {
    let count = max(1, Int(sizeBytes) / Self.tensorBytes)
    var checkpoint = Checkpoint(step: 1)
    // Repeated, but farther apart than any codec looks back.
    let weights = Self.weights(count: 1 << 19)
    for number in 0..<count {
      let shift = number * 7919 % weights.count
      let once = Array(weights[shift...] + weights[..<shift]).withUnsafeBytes { Array($0) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Self.tensorBytes)
      while bytes.count < Self.tensorBytes { bytes += once }
      checkpoint.tensors["layer_\(number)/kernel"] = try Tensor(
        dtype: .bf16, shape: [4096, Self.tensorBytes / 8192], bytes: bytes)
    }
    self.checkpoint = checkpoint
    self.sizeBytes = UInt64(count * Self.tensorBytes)
  }

  /// Upper halves of normally distributed numbers: sums of four uniform ones, which is near enough.
  private static func weights(count: Int) -> [UInt16] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var bits = state ^ state >> 29
      bits = bits &* 0xBF58_476D_1CE4_E5B9
      let sum = (0..<4).reduce(Float(0)) { total, part in
        total + Float(bits >> UInt64(16 * part) & 0xFFFF) - 32767.5
      }
      return UInt16((sum * (0.02 / 37837)).bitPattern >> 16)
    }
  }
}
