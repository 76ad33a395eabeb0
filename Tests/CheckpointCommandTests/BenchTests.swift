import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt bench")
struct BenchTests {
  let directory = TemporaryDirectory()

  @Test("measures the disk, saves and loads, and leaves nothing behind")
  func measures() throws {
    let run = ckpt(
      "bench", directory.path.string, "--size", "0.03125", "--rounds", "1", "--json")
    #expect(run.status == .success, "\(run.messages)")
    let measurements = try #require(run.json["measurements"]?.arrayValue)
    let names = measurements.compactMap { $0["name"]?.stringValue }
    #expect(
      Set(names).isSuperset(of: [
        "write_limit", "save_none", "save_fast", "save_compact", "load_fast_warm", "publish_limit",
        "save_small",
      ]))
    for one in measurements {
      #expect(one["median_seconds"]?.doubleValue ?? 0 > 0)
      #expect(one["bytes_per_second"]?.doubleValue ?? 0 > 0)
    }
    func fileBytes(_ name: String) -> Int64 {
      measurements.first { $0["name"]?.stringValue == name }?["file_bytes"]?.intValue ?? 0
    }
    // What the codecs promise of normally distributed bf16.
    let raw = fileBytes("save_none")
    #expect(raw > 32 << 20)
    #expect(fileBytes("save_fast") * 1000 < raw * 751)
    #expect(fileBytes("save_compact") * 1000 < raw * 669)
    #expect(try directory.names().isEmpty)
  }

  @Test("says what is wrong with a directory or a size")
  func refusals() {
    let missing = ckpt("bench", directory.file("missing").string, "--size", "0.03125")
    #expect(missing.status.rawValue == 4 && missing.messages.contains("missing"))
    #expect(ckpt("bench", "--size", "0").status.rawValue == 64)
    #expect(ckpt("bench", "--rounds", "0").status.rawValue == 64)
  }
}
