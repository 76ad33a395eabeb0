import Foundation

/// A program that is run, its output thrown away.
struct ChildProcess {
  let program: String
  let arguments: [String]

  /// How long it takes, start and end of the process included, each time it is run.
  func seconds() throws -> [Double] {
    try Stopwatch.repeated { try run() }
  }

  private func run() throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    var status: Int32 = 0
    guard posix_spawn(&process, program, &actions, nil, words, environ) == 0,
      waitpid(process, &status, 0) == process, status == 0
    else { throw Failure(command: [program] + arguments) }
  }

  /// It could not be run, or it failed.
  struct Failure: Error, CustomStringConvertible {
    let command: [String]
    var description: String { "failed: \(command.joined(separator: " "))" }
  }
}
