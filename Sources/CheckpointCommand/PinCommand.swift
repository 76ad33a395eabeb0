internal import ArgumentParser
internal import Checkpoint

/// `ckpt pin`: keeps checkpoints whatever retention says.
struct PinCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Keep checkpoints: they are neither removed nor replaced.",
    discussion: """
      Pins belong to the files, not to their names. Either all that are named get pinned or, if one is \
      not there, none.

      EXAMPLES
        ckpt pin run 12
        ckpt pin run 00000012-step-00004800.ckpt 15

      \(ExitStatus.help())
      """)

  @OptionGroup var choice: PinOptions
  @OptionGroup var common: CommonOptions

  func run(on terminal: Terminal) throws -> ExitStatus {
    try choice.change(isPinned: true, asJSON: common.json, on: terminal)
  }
}
