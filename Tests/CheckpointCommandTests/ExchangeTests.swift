import Checkpoint
import CheckpointCommand
import Foundation
import SystemPackage
import Testing

@Suite("ckpt export, ckpt import")
struct ExchangeTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }
  var foreign: FilePath { directory.file("a.safetensors") }
  var back: FilePath { directory.file("b.ckpt") }

  @Test("there and back: no difference, by the extension or by the format's name")
  func roundTrip() throws {
    try Samples.makeLarge(at: file)
    let result = ckpt("export", file.string, "-o", foreign.string)
    #expect(result.status == .success && result.messages == "")
    #expect(result.lines[0].hasPrefix("\(foreign): 2 tensors, "))
    #expect(ckpt("import", foreign.string, "-o", back.string).status == .success)
    #expect(ckpt("diff", file.string, back.string).status == .success)
    let other = directory.file("weights.bin").string
    #expect(ckpt("export", file.string, "-o", other).status == .badRequest)
    #expect(ckpt("export", file.string, "--to", "safetensors", "-o", other).status == .success)
    #expect(ckpt("import", other, "-o", back.string, "--force").status == .badRequest)
    #expect(
      ckpt("import", other, "--from", "safetensors", "-o", back.string, "--force").status
        == .success)
    #expect(ckpt("export", file.string, "--to", "hdf4", "-o", other).status == .usage)
  }

  @Test("nothing is replaced unasked, and never the source")
  func replacing() throws {
    try Samples.makeLarge(at: file)
    #expect(ckpt("export", file.string, "-o", foreign.string).status == .success)
    #expect(ckpt("export", file.string, "-o", foreign.string).status == .badRequest)
    #expect(ckpt("export", file.string, "-o", foreign.string, "--force").status == .success)
    let same = directory.file("./a.ckpt").string
    #expect(
      ckpt("export", file.string, "--to", "safetensors", "-o", same, "--force").status == .usage)
    #expect(ckpt("import", foreign.string, "-o", file.string).status == .badRequest)
  }

  @Test("what is no regular file is never replaced")
  func devicesAndDirectories() throws {
    try Samples.makeLarge(at: file)
    #expect(ckpt("export", file.string, "-o", foreign.string).status == .success)
    let place = directory.file("place").string
    mkfifo(place, 0o600)
    let link = directory.file("link").string
    symlink("/dev/null", link)
    for output in [place, link, directory.path.string, "."] {
      for command in [["export", file.string, "--to", "npz"], ["import", foreign.string]] {
        let result = ckpt(command + ["-o", output, "--force"])
        #expect(result.status == .badRequest, "\(output)")
        #expect(result.messages.contains("name a file for the output"), "\(result.messages)")
      }
    }
    var status = stat()
    #expect(lstat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test("a signal in the middle leaves nothing behind", arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruption(signal: Int32) throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["x"] = Tensor([Float](repeating: 1, count: 32 << 20))
    try Samples.save(checkpoint, to: file)
    let place = directory.file("place")
    try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place.string)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try BuiltProgram.path)
    process.arguments = ["export", file.string, "-o", place.appending("x.npz").string]
    process.standardOutput = FileHandle.nullDevice
    do {
      // A child inherits what this thread blocks, and threads of Swift's pool block everything.
      var (all, before) = (sigset_t(), sigset_t())
      sigfillset(&all)
      pthread_sigmask(SIG_UNBLOCK, &all, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try process.run()
    }
    while process.isRunning, try names().isEmpty { usleep(500) }
    // Between its making and its noting.
    usleep(20_000)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
    #expect(try names().isEmpty)
  }

  @Test("what a checkpoint can't hold is said of the file that has it")
  func impossibleNames() throws {
    let header = Array("{\"\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}".utf8)
    try Data([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header)
      .write(to: URL(fileURLWithPath: foreign.string))
    let result = ckpt("import", foreign.string, "-o", back.string)
    #expect(result.status == .badRequest)
    #expect(result.messages.contains("0 bytes") && result.messages.contains(foreign.string))
  }

  @Test("a name of a megabyte is shown in part")
  func longNames() throws {
    let name = String(repeating: "n", count: 1 << 20)
    for (name, dtype) in [(name, "F99"), ("n", name)] {
      let header = Array("{\"\(name)\":{\"dtype\":\"\(dtype)\"}}".utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
      try Data(length + header).write(to: URL(fileURLWithPath: foreign.string))
      let result = ckpt("import", foreign.string, "-o", back.string)
      #expect(result.status == .unreadable)
      #expect(result.messages.utf8.count < 2000 && result.messages.contains("nnn…nnn"))
    }
  }

  @Test("rounding is said, with what went beyond the range")
  func casting() throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors = ["x": Tensor([1, 1e6, .nan] as [Float]), "n": Tensor([1] as [Int32])]
    try Samples.save(checkpoint, to: file)
    let result = ckpt("export", file.string, "-o", foreign.string, "--cast", "f16")
    #expect(
      result.messages == "ckpt: 1 tensor rounded to f16, 1 value beyond its range made infinite\n")
    let json = ckpt(
      "export", file.string, "-o", foreign.string, "--cast", "f16", "--force", "--json"
    ).json
    #expect(json["cast"] == ["dtype": "f16", "tensors": 1, "overflows": 1])
    #expect(json["tensors"] == 2 && json["losses"] == [] && json["format"] == "safetensors")
    #expect(ckpt("import", foreign.string, "-o", back.string).status == .success)
    #expect(try CheckpointReader(back).info("x").dtype == .f16)
    #expect(try CheckpointReader(back).info("n").dtype == .i32)
    #expect(ckpt("export", file.string, "-o", foreign.string, "--cast", "i8").status == .usage)
  }

  @Test("selection and names; what fits nothing is an error and leaves no file")
  func selection() throws {
    try Samples.makeLarge(at: file)
    let result = ckpt(
      "export", file.string, "-o", foreign.string, "--only", "la*", "--rename", "large=big")
    #expect(result.status == .success)
    #expect(ckpt("import", foreign.string, "-o", back.string).status == .success)
    #expect(Array(try CheckpointReader(back).tensorNames) == ["big"])
    let other = directory.file("c.safetensors").string
    #expect(ckpt("export", file.string, "-o", other, "--only", "none").status == .badRequest)
    #expect(ckpt("export", file.string, "-o", other, "--rename", "none=x").status == .badRequest)
    #expect(ckpt("export", file.string, "-o", other, "--rename", "none").status == .usage)
    #expect(ckpt("export", file.string, "-o", other, "--layout", "torch").status == .badRequest)
    #expect(try !directory.names().contains("c.safetensors"))
  }

  @Test("of a directory, the newest intact checkpoint; damaged ones are named")
  func runDirectory() throws {
    let run = directory.file("run")
    let store = try CheckpointStore(at: run, options: StoreOptions())
    var checkpoint = Checkpoint(step: 1)
    checkpoint.tensors["x"] = Tensor([Float](repeating: 1, count: 1000))
    _ = try store.save(checkpoint)
    checkpoint.step = 2
    let newest = try store.save(checkpoint)
    #expect(ckpt("export", run.string, "-o", foreign.string).status == .success)
    #expect(ckpt("import", foreign.string, "-o", back.string).status == .success)
    #expect(try CheckpointReader(back).summary.step == 2)
    try Samples.damage(newest.path, at: Samples.offset(of: "x", chunk: 0, in: newest.path))
    let result = ckpt("export", run.string, "-o", foreign.string, "--force")
    #expect(result.status == .success && result.messages.contains(newest.fileName))
    #expect(ckpt("import", foreign.string, "-o", back.string, "--force").status == .success)
    #expect(try CheckpointReader(back).summary.step == 1)
  }

  @Test("a file that is none, and one that isn't there")
  func unreadable() throws {
    try directory.write([1, 2, 3], to: "a.safetensors")
    #expect(ckpt("import", foreign.string, "-o", back.string).status == .unreadable)
    let none = directory.file("none.safetensors").string
    #expect(ckpt("import", none, "-o", back.string).status == .failed)
    #expect(ckpt("export", none, "-o", foreign.string, "--force").status == .failed)
    #expect(try directory.names() == ["a.safetensors"])
  }
}
