import Checkpoint
import SystemPackage
import Testing

@Suite("From async code")
struct AsyncTests {
  let directory = TemporaryDirectory()

  private func checkpoint(_ step: UInt64) -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    checkpoint.tensors["w"] = Tensor([Float](repeating: Float(step), count: 1000))
    checkpoint.metrics["loss"] = 1 / Double(step)
    return checkpoint
  }

  @Test("saving and loading take no thread of the cooperative pool")
  func saveAndLoad() async throws {
    let store = try await DiskThreads.run { [path = directory.file("run")] in
      try CheckpointStore(at: path)
    }
    for step in 1...3 { try await store.save(checkpoint(UInt64(step))) }
    #expect(try await store.list().count == 3)
    let latest = try await store.latest()
    #expect(latest?.checkpoint.step == 3)
    let best = try await DiskThreads.run { () throws(CheckpointError) in
      try store.best(by: "loss")
    }
    #expect(best?.step == 3)
    let reader = try await CheckpointReader.open(
      directory.file("run").appending("00000002-step-00000002.ckpt"))
    #expect(try await reader.tensor("w") == checkpoint(2).tensors["w"])
    #expect(try await reader.load().step == 2)
  }

  @Test("errors keep their type")
  func errors() async {
    await #expect(throws: CheckpointError.self) {
      _ = try await CheckpointReader.open("/nowhere/there.ckpt")
    }
  }

  @Test("a background save is a save: in order, durable, its error not lost")
  func background() throws {
    let store = try CheckpointStore(at: directory.file("run"))
    for step in 1...4 { try store.saveInBackground(checkpoint(UInt64(step))) }
    try store.finish()
    #expect(try store.list().map(\.step) == [1, 2, 3, 4])
    // Whichever call comes after the failure tells of it.
    #expect(throws: CheckpointError.self) {
      try store.saveInBackground(checkpoint(5), as: "no/such/name")
      try store.finish()
    }
    try store.saveInBackground(checkpoint(6))
    try store.finish()
    #expect(try store.latest()?.checkpoint.step == 6)
  }
}
