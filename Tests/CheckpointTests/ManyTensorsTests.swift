import Checkpoint
import Foundation
import SystemPackage
import Testing

/// 100,000 tensors by default; with `CKPT_LONG_TESTS=1` a million, with times and peak memory.
@Suite("Very many tensors", .serialized)
struct ManyTensorsTests {
  let directory = TemporaryDirectory()

  private static let isLong = ProcessInfo.processInfo.environment["CKPT_LONG_TESTS"] == "1"

  @Test(
    "are written, opened, listed, found by name and verified in time that grows with their number")
  func many() throws {
    let count = ManyTensorsTests.isLong ? 1_000_000 : 100_000
    var times: [String] = []
    func measure<T>(_ what: String, _ body: () throws -> T) rethrows -> T {
      let clock = ContinuousClock()
      let start = clock.now
      let result = try body()
      times.append("\(what) \(start.duration(to: clock.now))")
      return result
    }
    let declarations = measure("declare") {
      (0..<count).map { number in
        TensorDeclaration(name: "layer/\(number)/bias", dtype: .f32, shape: [1])
      }
    }
    try measure("write") {
      try CheckpointWriter(directory.file("a")).write(Checkpoint(), tensors: declarations) {
        (name, _, buffer) throws(CheckpointError) in
        let number = name.utf8.reduce(0) { total, byte in
          byte >= 0x30 && byte <= 0x39 ? total * 10 + Int(byte - 0x30) : total
        }
        buffer.storeBytes(of: Float(number), as: Float.self)
      }
    }
    let reader = try measure("open") { try CheckpointReader(directory.file("a")) }
    #expect(reader.tensorCount == count && reader.summary.chunkCount == count)
    try measure("find 1000 by name") { () throws in
      for number in stride(from: 0, to: count, by: count / 1000) {
        #expect(try reader.elements("layer/\(number)/bias", as: Float.self) == [Float(number)])
      }
    }
    #expect(throws: CheckpointError.self) { try reader.tensor("layer/\(count)/bias") }
    measure("list") {
      var bytes = 0
      for name in reader.tensorNames { bytes += name.utf8.count }
      #expect(bytes == declarations.reduce(0) { $0 + $1.name.utf8.count })
    }
    if ManyTensorsTests.isLong {
      #expect(try measure("verify") { try reader.verify() }.state == .intact)
    }
    print("counts: \(count) tensors, \(reader.fileSizeBytes) bytes:", times.joined(separator: ", "))
    // Linux tells; elsewhere there is no such file.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "unknown"
    print("counts: peak memory of the process so far: \(peak)")
  }
}
