import Checkpoint
import CheckpointCommand
import Testing

@Suite("The command line")
struct UsageTests {
  static let subcommands = [
    "ls", "inspect", "verify", "diff", "salvage", "export", "import", "pin", "unpin", "plot",
  ]

  @Test("every help page has examples and the exit statuses", arguments: subcommands)
  func help(_ subcommand: String) {
    let result = ckpt(subcommand, "--help")
    #expect(result.status == .success)
    #expect(result.messages == "")
    #expect(result.output.contains("EXAMPLES\n  ckpt \(subcommand) "))
    #expect(result.output.contains("EXIT STATUS\n  0   done\n"))
    #expect(result.lines.allSatisfy { $0.count <= 100 || $0.hasPrefix("USAGE") })
    #expect(ckpt("help", subcommand).output == result.output)
    #expect(ckpt("--help").output.contains("\n  \(subcommand) "))
  }

  @Test("--version")
  func version() {
    let result = ckpt("--version")
    #expect(result.status == .success)
    #expect(result.output.hasPrefix("ckpt "))
    #expect(result.output.hasSuffix(", container format 1.0\n"))
  }

  @Test("wrong usage is 64, on standard error; under --json an object like any other")
  func wrong() {
    for arguments in [["ls"], ["frobnicate"], ["ls", "x", "--no-such-flag"], ["inspect", ""]] {
      let output = CapturedOutput()
      let messages = CapturedOutput()
      let status = CheckpointProgram.run(
        arguments, on: Terminal(output: output, messages: messages))
      #expect(status == .usage)
      #expect(output.text == "")
      #expect(messages.text.hasPrefix("ckpt: "))
    }
    let json = ckpt("ls", "--json")
    #expect(json.status == .usage)
    #expect(json.messages == "")
    #expect(json.json["error"]?["code"] == "usage")
    #expect(
      json.json["error"]?.objectValue?.keys == [
        "code", "message", "path", "item", "offset", "rule", "advice",
      ])
  }

  @Test(
    "completions for the shells, files and directories among them",
    arguments: [
      "bash", "zsh", "fish",
    ])
  func completions(_ shell: String) {
    let result = ckpt("--generate-completion-script", shell)
    #expect(result.status == .success)
    for subcommand in UsageTests.subcommands { #expect(result.output.contains(subcommand)) }
    if shell == "zsh" {
      #expect(result.output.contains(":directory:_files -/"))
      #expect(result.output.contains("*.ckpt"))
    }
  }
}
