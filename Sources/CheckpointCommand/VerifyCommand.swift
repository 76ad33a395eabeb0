internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// `ckpt verify`: whether files are what was written.
struct VerifyCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check files, or all checkpoints of directories.",
    discussion: """
      Reads every byte and checks it against the file's checksums. States: intact; degraded (a spare \
      copy or padding is damaged, all content is there; save or salvage it anew); damaged (some \
      content is lost; ckpt salvage rescues the rest); unreadable (not a checkpoint, or hopeless \
      without ckpt salvage). Each finding takes one line: rule of FORMAT.md, tensor, rows, byte, what.

      EXAMPLES
        ckpt verify run/00000012.ckpt
        ckpt verify run --quick                  the structure only, in milliseconds
        ckpt verify /runs/* --json | jq '.files[] | select(.state != "intact")'

      \(ExitStatus.help(no: "a file is degraded or damaged"))
      Of several files the highest status counts.
      """)

  @Argument(
    help: "Files, or directories of checkpoints.", completion: .checkpointFile,
    transform: FilePath.argument)
  var paths: [FilePath]

  @Flag(help: "Check the structure only: both blocks, both copies of the index.")
  var quick = false

  @OptionGroup var common: CommonOptions

  func run(on terminal: Terminal) throws -> ExitStatus {
    var status = ExitStatus.success
    var reports: [JSONValue] = []
    let progress = ProgressBar(on: terminal)
    for path in paths {
      let files: [FilePath]
      do throws(CheckpointError) {
        files = try VerifyCommand.files(at: path)
      } catch {
        status = status.worse(ExitStatus(error))
        try tell(error, path, &reports, on: terminal)
        continue
      }
      for file in files {
        let result: Verification
        do throws(CheckpointError) {
          result = try verify(file, progress)
          progress.clear()
        } catch {
          progress.clear()
          status = status.worse(ExitStatus(error))
          try tell(error, file, &reports, on: terminal)
          continue
        }
        status = status.worse(result.state.status)
        if common.json {
          reports.append(json(result, file))
        } else {
          try terminal.print(result, of: file, isQuick: quick)
        }
      }
    }
    if common.json { try terminal.print(["quick": .bool(quick), "files": .array(reports)]) }
    return status
  }

  /// The file itself, or the checkpoints in a directory.
  /// - Throws: `CheckpointError` with code `notFound` also if there are none: nothing was checked, and
  ///   a script must not take that for sound.
  static func files(at path: FilePath) throws(CheckpointError) -> [FilePath] {
    let store: CheckpointStore
    do throws(CheckpointError) {
      store = try CheckpointStore(at: path, options: StoreOptions(access: .readOnly))
    } catch {
      guard error.errno == .notDirectory else { throw error }
      return [path]
    }
    let files = try store.list().map(\.path)
    guard !files.isEmpty else {
      throw CheckpointError(.notFound, "no checkpoints in this directory", path: path)
    }
    return files
  }

  private func verify(
    _ file: FilePath, _ progress: ProgressBar
  ) throws(CheckpointError) -> Verification {
    do throws(CheckpointError) {
      let reader = try CheckpointReader(file)
      progress.start(file.lastComponent?.string ?? "", totalBytes: reader.summary.storedBytes)
      return try reader.verify(quick ? .quick : .full) { progress.advance(to: $0) }
    } catch {
      return try Verification(unreadable: error)
    }
  }

  /// What says nothing about the file's content.
  private func tell(
    _ error: CheckpointError, _ path: FilePath, _ reports: inout [JSONValue], on terminal: Terminal
  ) throws(OutputError) {
    if common.json {
      reports.append(
        [
          "path": .string(path.string), "state": .null, "findings": [],
          "error": ErrorReport.json(error),
        ])
    } else {
      try terminal.note(ErrorReport.line(error))
    }
  }

  private func json(_ result: Verification, _ file: FilePath) -> JSONValue {
    [
      "path": .string(file.string), "state": .string(result.state.rawValue),
      "checkedChunks": .count(result.checkedChunkCount),
      "checkedBytes": .count(result.checkedBytes),
      "findings": .array(result.findings.map(\.json)), "error": .null,
    ]
  }
}

extension Terminal {
  /// A line for the file, and one per finding.
  fileprivate func print(
    _ result: Verification, of file: FilePath, isQuick: Bool
  ) throws(OutputError) {
    let checked =
      isQuick
      ? "structure only"
      : "\(HumanText.count(result.checkedChunkCount, "chunk")), "
        + HumanText.size(result.checkedBytes) + " checked"
    try print(
      "\(file.string.printable): \(styled(result.state.rawValue, result.state.style))"
        + (result.state == .unreadable ? "" : " (\(checked))"))
    for finding in result.findings { try print("  " + finding.line) }
  }
}
