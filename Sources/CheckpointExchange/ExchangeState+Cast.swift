internal import Checkpoint

extension ExchangeState {
  /// Rounds tensors of `f64`, `f32`, `f16` and `bf16` to nearest, ties to even, while they are read.
  /// Others stay.
  /// - Throws: `CheckpointError` with code `invalidArgument` for a dtype that is not `f32`, `f16` or
  ///   `bf16`.
  mutating func cast(to dtype: DType, _ tally: CastTally) throws(CheckpointError) {
    guard [.f32, .f16, .bf16].contains(dtype) else {
      throw CheckpointError(
        .invalidArgument, "tensors can't be cast to \(dtype)", advice: "use f32, f16 or bf16")
    }
    for index in tensors.indices
    where tensors[index].dtype != dtype && FloatCast.sources.contains(tensors[index].dtype) {
      tally.addTensor()
      tensors[index] = try FloatCast(tensors[index], to: dtype, tally).tensor()
    }
  }
}
