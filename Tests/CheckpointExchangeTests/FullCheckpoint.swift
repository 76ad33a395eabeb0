import Checkpoint

/// A checkpoint with something of everything.
func fullCheckpoint() -> Checkpoint {
  var checkpoint = Checkpoint(step: .max, epoch: 12)
  checkpoint.wallTime = Timestamp(nanoseconds: -5)
  checkpoint.runID = .random()
  checkpoint.metrics = ["loss": .nan, "val_acc": 0.1, "up": .infinity, "zero": -0.0]
  checkpoint.pendingMetrics = ["later"]
  checkpoint.tags = ["final", "ä\"\\\n"]
  checkpoint.documents = [
    "architecture": ["a": [1, 2.5, nil, true], "b": ["c": "d\u{0}"]], "history": [.int(.max)],
  ]
  checkpoint.aliases = ["tied": "model/f32"]
  checkpoint.blobs = [
    "rng": (0...255).map { UInt8($0) }, "empty": [], "one": [1], "two": [1, 255],
  ]
  return checkpoint
}
