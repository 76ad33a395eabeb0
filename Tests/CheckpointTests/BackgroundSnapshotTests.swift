import Checkpoint
import Testing

/// What a background save saves is the state at the call, whatever becomes of the arrays.
@Suite("Snapshots of background saves")
struct BackgroundSnapshotTests {
  let directory = TemporaryDirectory()
  /// More than one piece that a thread copies, and sizes that are no multiples of anything.
  private static let sizes = [9 << 20 | 1, 0, 3, 12_345]

  private func arrays(_ seed: UInt8) -> [[UInt8]] {
    Self.sizes.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) ^ seed } }
  }

  private func checkpoint(_ arrays: [[UInt8]], step: UInt64) throws -> Checkpoint {
    var checkpoint = Checkpoint(step: step)
    for (number, bytes) in arrays.enumerated() {
      checkpoint.tensors["t\(number)"] = try Tensor(
        dtype: .u8, shape: [bytes.count], bytes: bytes)
    }
    checkpoint.aliases["tied"] = "t0"
    checkpoint.blobs["random"] = [1, 2, 3]
    return checkpoint
  }

  @Test(
    "it is the state at the call", arguments: [BackgroundSnapshot.held, .copied], [1, 3])
  func snapshot(_ kind: BackgroundSnapshot, limit: Int) throws {
    let options = StoreOptions(backgroundSaveLimit: limit, backgroundSnapshot: kind)
    let store = try CheckpointStore(at: directory.file("run"), options: options)
    var arrays = arrays(0)
    store.prepareBackgroundSave(of: try checkpoint(arrays, step: 0))
    for step in 1...4 {
      try store.saveInBackground(checkpoint(arrays, step: UInt64(step)))
      for number in arrays.indices {
        for place in arrays[number].indices.prefix(5000) { arrays[number][place] &+= 1 }
      }
    }
    try store.finish()
    var expected = self.arrays(0)
    for stored in try store.list() {
      let loaded = try store.load(stored)
      let isSame = try loaded.tensors == checkpoint(expected, step: 0).tensors
      #expect(isSame && loaded.aliases == ["tied": "t0"], "step \(loaded.step ?? 0)")
      for number in expected.indices {
        for place in expected[number].indices.prefix(5000) { expected[number][place] &+= 1 }
      }
    }
    #expect(try store.list().count == 4)
  }

  @Test("a copy leaves the arrays to the caller, who changes them in place")
  func inPlace() throws {
    let store = try CheckpointStore(
      at: directory.file("run"), options: StoreOptions(backgroundSnapshot: .copied))
    var array = arrays(1)[0]
    let before = array.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
    try store.saveInBackground(checkpoint([array], step: 1))
    array[0] &+= 1
    #expect(array.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } == before)
    try store.finish()
    let isSame =
      try store.latest()?.checkpoint.tensors == checkpoint([arrays(1)[0]], step: 1).tensors
    #expect(isSame)
  }
}
