internal import ArgumentParser

/// What all subcommands understand.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Print one JSON object instead of text; errors too.")
  var json = false
}
