internal import Checkpoint
internal import CheckpointTrainer

extension CheckpointError {
  /// From what a trainer reports that no checkpoint caused.
  init(_ error: TrainerError) {
    let code: Code =
      switch error.code {
      case .fileNotReadable, .fileNotWritable: .io
      case .invalidData: .corrupt
      default: .invalidArgument
      }
    self.init(code, error.message)
  }
}
