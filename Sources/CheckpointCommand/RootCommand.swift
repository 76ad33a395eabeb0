internal import ArgumentParser

/// `ckpt`: all it does is done by subcommands.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ckpt",
    abstract: "Look at, check, compare, rescue and prune training checkpoints.",
    discussion: """
      EXAMPLES
        ckpt ls run                              what is in a run's directory
        ckpt inspect run/00000012.ckpt           what is in a checkpoint
        ckpt verify run                          check every byte of every checkpoint
        ckpt plot run                            its loss and metrics as curves
        ckpt diff a.ckpt b.ckpt                  what differs, and by how much
        ckpt prune run --policy regular          what a policy keeps, what may go, and why
        ckpt export run -o model.safetensors     the newest checkpoint for other tools
        ckpt salvage torn.ckpt -o rescued.ckpt   rescue what is intact

      \(ExitStatus.help(no: "the answer is no: damaged, different, something lost"))
      """,
    version: "ckpt \(programVersion), container format 1.0",
    subcommands: [
      ListCommand.self,
      InspectCommand.self,
      VerifyCommand.self,
      DiffCommand.self,
      SalvageCommand.self,
      ExportCommand.self,
      ImportCommand.self,
      PinCommand.self,
      UnpinCommand.self,
      PruneCommand.self,
      PolicyCommand.self,
      TrainCommand.self,
      PlotCommand.self,
      BenchCommand.self,
    ])

  static let programVersion = "0.1.0"

  /// Wrong usage is told like any other error.
  static var _errorPrefix: String { "ckpt: " }
}
