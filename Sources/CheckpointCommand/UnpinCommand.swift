internal import ArgumentParser
internal import Checkpoint

/// `ckpt unpin`: undoes `ckpt pin`.
struct UnpinCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Let checkpoints be removed and replaced again.",
    discussion: """
      EXAMPLES
        ckpt unpin run 12

      \(ExitStatus.help())
      """)

  @OptionGroup var choice: PinOptions
  @OptionGroup var common: CommonOptions

  func run(on terminal: Terminal) throws -> ExitStatus {
    try choice.change(isPinned: false, asJSON: common.json, on: terminal)
  }
}
