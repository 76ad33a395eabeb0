internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// `ckpt salvage`: what is intact of a damaged file, as a sound one.
struct SalvageCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Rescue what is intact in a damaged or torn file.",
    discussion: """
      Writes a sound file; the damaged one is not changed. Elements that are lost become NaN in float \
      tensors and 0 in others; the document "salvage" in the new file lists them, row by row, and the \
      tag "salvaged" marks it.

      EXAMPLES
        ckpt salvage run/00000012.ckpt -o rescued.ckpt
        ckpt inspect rescued.ckpt --document salvage

      \(ExitStatus.help(no: "something is lost"))
      """)

  @Argument(
    help: "The damaged file.", completion: .checkpointFile, transform: FilePath.argument)
  var file: FilePath

  @Option(
    name: [.short, .long], help: "Where the sound file goes.", completion: .checkpointFile,
    transform: FilePath.argument)
  var output: FilePath

  @Flag(help: "Replace the output file if there is one.")
  var replace = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard file.lexicallyNormalized() != output.lexicallyNormalized() else {
      throw ValidationError("The output must be another file: the damaged one may be wanted again.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let report = try Salvage.salvage(file, to: output, replacing: replace)
    if common.json {
      try terminal.print(json(report))
    } else {
      try print(report, on: terminal)
    }
    return SalvageCommand.isWhole(report) ? .success : .no
  }

  private static func isWhole(_ report: SalvageReport) -> Bool {
    report.losses.isEmpty && report.lostDocuments.isEmpty && report.lostBlobs.isEmpty
  }

  private func print(_ report: SalvageReport, on terminal: Terminal) throws(OutputError) {
    let total = report.intactTensors.count + report.losses.count
    let isWhole = SalvageCommand.isWhole(report)
    try terminal.print(
      "\(output.string.printable): "
        + terminal.styled(isWhole ? "all rescued" : "rescued in part", isWhole ? .green : .red)
        + " (\(report.intactTensors.count) of \(HumanText.count(total, "tensor")) whole"
        + (report.lostBytes == 0 ? ")" : ", \(HumanText.size(report.lostBytes)) lost)"))
    for loss in report.losses {
      let rows = loss.rows.map { "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ", ")
      try terminal.print(
        "  lost: tensor \"\(loss.tensor.printable)\" rows \(rows) of \(loss.rowCount), "
          + "\(HumanText.size(loss.lostBytes)) of \(HumanText.size(loss.sizeBytes))")
    }
    for name in report.lostDocuments {
      try terminal.print("  lost: document \"\(name.printable)\"")
    }
    for name in report.lostBlobs { try terminal.print("  lost: blob \"\(name.printable)\"") }
    for finding in report.findings { try terminal.print("  found: \(ErrorReport.what(finding))") }
  }

  private func json(_ report: SalvageReport) -> JSONValue {
    [
      "path": .string(file.string), "output": .string(output.string),
      "complete": .bool(SalvageCommand.isWhole(report)),
      "intactTensors": .strings(report.intactTensors), "lostBytes": .count(report.lostBytes),
      "losses": .array(
        report.losses.map { loss in
          [
            "tensor": .string(loss.tensor),
            "rows": .array(
              loss.rows.map { .array([.count($0.lowerBound), .count($0.upperBound)]) }),
            "rowCount": .count(loss.rowCount), "lostBytes": .count(loss.lostBytes),
            "sizeBytes": .count(loss.sizeBytes),
          ]
        }),
      "lostDocuments": .strings(report.lostDocuments),
      "lostBlobs": .strings(report.lostBlobs),
      "findings": .array(report.findings.map(ErrorReport.json)),
    ]
  }
}
