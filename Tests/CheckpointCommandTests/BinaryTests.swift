import Checkpoint
import Foundation
import SystemPackage
import Testing

/// The built program, as a shell runs it.
@Suite("The program")
struct BinaryTests {
  let directory = TemporaryDirectory()

  /// Runs a line of bash in which `$ckpt` is the program.
  private func bash(_ line: String) throws -> (status: Int32, output: String, messages: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path.string)
    process.environment = ["ckpt": try BuiltProgram.path, "PATH": "/usr/bin:/bin"]
    let (output, messages) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = messages
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errors = messages.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: errors, as: UTF8.self)
    )
  }

  @Test("exit statuses reach the shell")
  func statuses() throws {
    try Samples.makeLarge(at: directory.file("a.ckpt"), id: 1)
    try Samples.makeLarge(at: directory.file("b.ckpt"), id: 2, changing: 3)
    #expect(try bash("$ckpt verify a.ckpt").status == 0)
    #expect(try bash("$ckpt diff a.ckpt b.ckpt").status == 1)
    #expect(try bash("$ckpt inspect a.ckpt --tensor nope").status == 2)
    #expect(try bash("$ckpt inspect /etc/passwd").status == 3)
    #expect(try bash("$ckpt inspect nope.ckpt").status == 4)
    #expect(try bash("$ckpt inspect").status == 64)
  }

  @Test("results and messages go apart, without colour where there is no terminal")
  func streams() throws {
    try Samples.makeLarge(at: directory.file("a.ckpt"))
    let result = try bash("$ckpt verify a.ckpt nope.ckpt")
    #expect(result.output.hasPrefix("a.ckpt: intact ("))
    #expect(result.messages == "ckpt: no such file or directory: nope.ckpt\n")
    #expect(!(result.output + result.messages).contains("\u{1B}"))
  }

  @Test("a reader that has seen enough is no error to speak of", arguments: ["", "trap '' PIPE; "])
  func closedPipe(_ prefix: String) throws {
    var checkpoint = Checkpoint()
    for index in 0..<5000 { checkpoint.tensors["layer/\(index)"] = Tensor([Float(index)]) }
    try Samples.save(checkpoint, to: directory.file("many.ckpt"))
    let result = try bash("\(prefix)$ckpt inspect many.ckpt | head -1; echo ${PIPESTATUS[0]}")
    #expect(result.output == "file       many.ckpt\n141\n")
    #expect(result.messages == "")
  }

  @Test(
    "an output that can't be written is an error",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    try Samples.makeLarge(at: directory.file("a.ckpt"))
    let result = try bash("$ckpt inspect a.ckpt > /dev/full")
    #expect(result.status == 4)
    #expect(
      result.messages == "ckpt: write failed (no space left on device): standard output\n")
  }
}
