import Checkpoint
import CheckpointTrainer
import Foundation
import SystemPackage

/// A training with recorders before and after a callback that captures every moment.
struct Run {
  let before = EventRecorder()
  let after = EventRecorder()
  let capture: Capture
  let lines = Lines()

  init() { capture = Capture(before, after) }

  var callbacks: [any Callback] { [before, capture, after] }
}

/// Takes a checkpoint after every batch and every epoch.
final class Capture: Callback {
  struct Moment {
    var name: String
    var checkpoint: Checkpoint
    /// What the recorders had been told by then.
    var eventsBefore: Int
    var eventsAfter: Int
  }

  private(set) var moments: [Moment] = []
  private let before: EventRecorder
  private let after: EventRecorder

  init(_ before: EventRecorder, _ after: EventRecorder) {
    self.before = before
    self.after = after
  }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    try capture("epoch \(training.completedEpochCount), batch \(batch)", training)
  }

  func onEpochEnd(
    _ epoch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    try capture("end of epoch \(epoch)", training)
  }

  private func capture(_ name: String, _ training: TrainingSession) throws(TrainerError) {
    moments.append(
      Moment(
        name: name, checkpoint: try training.model.checkpoint(),
        eventsBefore: before.events.count, eventsAfter: after.events.count))
  }
}

/// Ends the training after so many batches.
final class PowerCut: Callback {
  private var left: Int

  init(after batches: Int) { left = batches }

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    left -= 1
    if left == 0 { throw TrainerError(.stopped, "the power is gone") }
  }
}

/// Changes one byte in the middle of a file.
func damage(_ path: FilePath) throws {
  let url = URL(fileURLWithPath: path.string)
  var bytes = try Data(contentsOf: url)
  // The index is small here: most of a chunk's bytes lie at 3/8 to 5/8.
  for position in stride(from: bytes.count / 4, to: bytes.count * 3 / 4, by: 97) {
    bytes[position] ^= 0x40
  }
  try bytes.write(to: url)
}
