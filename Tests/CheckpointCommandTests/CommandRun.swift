import Checkpoint
import CheckpointCommand

/// What a run of the command left behind.
struct CommandRun {
  var status: ExitStatus
  var output: String
  var messages: String

  var lines: [String] {
    output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The output as JSON; null if it is none.
  var json: JSONValue { (try? JSONValue.parse(output)) ?? .null }
}

/// Runs the command in this process, as if without a terminal unless widths are given.
func ckpt(
  _ arguments: String..., width: Int? = nil, messagesWidth: Int? = nil, color: Bool = false,
  uptimeSeconds: @escaping @Sendable () -> Double = { 0 }
) -> CommandRun {
  ckpt(
    arguments, width: width, messagesWidth: messagesWidth, color: color,
    uptimeSeconds: uptimeSeconds)
}

/// The same for arguments that come as an array.
/// - Parameter answer: what a person at the terminal says when asked; nil if nobody is there.
func ckpt(
  _ arguments: [String], width: Int? = nil, messagesWidth: Int? = nil, color: Bool = false,
  uptimeSeconds: @escaping @Sendable () -> Double = { 0 }, answer: Bool? = nil
) -> CommandRun {
  let output = CapturedOutput()
  let messages = CapturedOutput()
  var terminal = Terminal(
    output: output, messages: messages, outputWidth: width, messagesWidth: messagesWidth,
    usesColor: color, now: { Samples.now }, uptimeSeconds: uptimeSeconds)
  if let answer {
    terminal.ask = { question in
      messages.write(question)
      return answer
    }
  }
  let status = CheckpointProgram.run(arguments, on: terminal)
  return CommandRun(status: status, output: output.text, messages: messages.text)
}
