import Checkpoint

/// States of one tensor that benchmarks save and load.
public enum WeightStates {
  /// Weights as training leaves them: normal, small; always the same.
  public static let float32: [Float] = {
    var state: UInt64 = 42
    return (0..<16 << 20).map { _ in
      var sum: Float = 0
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        sum += Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
      }
      return sum * 0.02
    }
  }()

  /// What takes a disk or a codec some time.
  public static let large: [(name: String, checkpoint: Checkpoint)] = [
    ("64 MiB f32", checkpoint(Tensor(float32))),
    ("32 MiB bf16", checkpoint(Tensor(float32.map { BFloat16($0) }))),
  ]

  /// A small model's.
  public static let small = (
    name: "460 KB f32", checkpoint: checkpoint(Tensor(Array(float32.prefix(115_000))))
  )

  private static func checkpoint(_ tensor: Tensor) -> Checkpoint {
    var checkpoint = Checkpoint(step: 1)
    checkpoint.tensors["w"] = tensor
    return checkpoint
  }
}
