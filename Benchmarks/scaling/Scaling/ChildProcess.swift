import Foundation

/// A program that is run, its output thrown away.
struct ChildProcess {
  let program: String
  let arguments: [String]

  /// How long it took, start and end of the process included, and the most memory that it had.
  func run() throws -> (seconds: Double, peakBytes: Int) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var usage = rusage()
    var status: Int32 = 0
    var code: Int32 = 0
    let seconds = Stopwatch.seconds {
      var process: pid_t = 0
      code = posix_spawn(&process, program, &actions, nil, words, environ)
      if code == 0 { wait4(process, &status, 0, &usage) }
    }
    guard code == 0, status == 0 else { throw Failure(command: [program] + arguments) }
    return (seconds, usage.ru_maxrss * 1024)
  }

  /// It could not be run, or it failed.
  struct Failure: Error, CustomStringConvertible {
    let command: [String]
    var description: String { "failed: \(command.joined(separator: " "))" }
  }
}
