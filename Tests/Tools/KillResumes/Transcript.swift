/// What the processes of one run have printed, one after the other.
struct Transcript {
  /// Of each epoch, from 1, the last line with its values; the time it took is left out.
  private(set) var lines: [Int: String] = [:]
  /// How many processes went on in the middle of an epoch.
  private(set) var middles = 0
  private var epoch = 0

  /// Takes what a process has printed.
  mutating func append(_ output: String) {
    // What follows the last line's end was cut off.
    for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("Epoch ") {
        epoch = Int(line.dropFirst(6).prefix { $0 != "/" }) ?? 0
      } else if line.hasPrefix("Resuming from ") {
        note(resumption: line)
      } else if let values = line.firstRange(of: "/step - ") {
        lines[epoch] = String(line[values.upperBound...])
      }
    }
  }

  /// In the middle of an epoch, or at the end of one, whose values the line repeats: the process before may
  /// have been killed between the save and the epoch's line.
  private mutating func note(resumption line: Substring) {
    if line.hasSuffix("of the next") {
      middles += 1
    } else if let place = line.firstRange(of: ".ckpt: "),
      let done = Int(line[place.upperBound...].prefix { $0 != " " }),
      let values = line.firstRange(of: " epochs done - ")
    {
      lines[done] = String(line[values.upperBound...])
    }
  }

  /// - Throws: `Failure` if a line differs or is missing.
  func compare(with expected: Transcript) throws {
    for (epoch, line) in expected.lines.sorted(by: { $0.key < $1.key }) {
      guard let ours = lines[epoch] else {
        throw Failure(description: "the values of epoch \(epoch) were never printed")
      }
      guard ours == line else {
        throw Failure(description: "epoch \(epoch) printed\n  \(ours)\ninstead of\n  \(line)")
      }
    }
    guard lines.count == expected.lines.count else {
      throw Failure(description: "more epochs than in the undisturbed run")
    }
  }
}
