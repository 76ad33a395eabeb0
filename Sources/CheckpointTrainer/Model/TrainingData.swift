/// The samples that `fit` trains and validates with.
struct TrainingData: Sendable {
  let inputs: FloatTensor
  let targets: FloatTensor
  let validation: (inputs: FloatTensor, targets: FloatTensor)?

  var sampleCount: Int { inputs.rowCount }

  /// Takes the last `split` of the samples for validation, as Keras does, before any shuffling.
  ///
  /// - Throws: `.invalidArgument` for a split that leaves nothing on either side.
  init(
    inputs: FloatTensor, targets: FloatTensor,
    validation: (inputs: FloatTensor, targets: FloatTensor)?, split: Double
  ) throws(TrainerError) {
    guard split != 0, validation == nil else {
      self.inputs = inputs
      self.targets = targets
      self.validation = validation
      return
    }
    let count = inputs.rowCount
    guard split > 0, split < 1 else {
      throw TrainerError(.invalidArgument, "a validation split of \(split); it must be in 0..<1")
    }
    let first = Int(Double(count) * (1 - split))
    guard first > 0, first < count else {
      throw TrainerError(
        .invalidArgument, "a validation split of \(split) leaves one side of \(count) samples empty"
      )
    }
    self.inputs = inputs.rows(0..<first)
    self.targets = targets.rows(0..<first)
    self.validation = (inputs.rows(first..<count), targets.rows(first..<count))
  }
}
