internal import ArgumentParser
internal import Checkpoint
internal import CheckpointExchange
internal import SystemPackage

/// What `export` and `import` have in common: what passes, and in what form.
struct ExchangeArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tensors that pass, by name; * and ? stand for any characters. May be repeated.",
      valueName: "pattern"))
  var only: [String] = []

  @Flag(
    help: """
      The model alone: no state of the optimizer, no position in the training, no history, no \
      generators.
      """)
  var weightsOnly = false

  @Option(
    help: ArgumentHelp(
      "Give a tensor a new name; with / at the end of both, what names begin with. May be repeated.",
      valueName: "old=new"),
    transform: { text in
      guard let rename = TensorRename(text) else { throw ValidationError("Write OLD=NEW.") }
      return rename
    })
  var rename: [TensorRename] = []

  @Option(
    help: ArgumentHelp(
      """
      Round tensors of floating point to f32, f16 or bf16: to nearest, ties to even. Others stay. What \
      is beyond the range becomes infinite, and is counted.
      """, valueName: "dtype"),
    transform: { text in
      guard let dtype = DType(name: text), [.f32, .f16, .bf16].contains(dtype) else {
        throw ValidationError("There are f32, f16 and bf16.")
      }
      return dtype
    })
  var cast: DType?

  @Flag(help: "Replace the output file if there is one.")
  var force = false

  /// The same for the library.
  var options: ExchangeOptions {
    var options = ExchangeOptions()
    options.only = only
    options.weightsOnly = weightsOnly
    options.renames = rename
    options.cast = cast
    return options
  }

  /// The format that is named, or else that of a file's extension.
  static func format(_ named: ExchangeFormat?, of path: FilePath) throws -> ExchangeFormat {
    if let format = named ?? ExchangeFormat(path: path) { return format }
    throw CheckpointError(
      .invalidArgument, "the format can't be told from the file's name", path: path,
      advice: "name it: \(ExchangeFormat.allCases.map(\.name).joined(separator: ", "))")
  }

  /// An existing output is found before hours of work.
  func checkOutput(_ path: FilePath) throws {
    try OutputPlace.check(path)
    guard !force, ExchangeArguments.isThere(path) else { return }
    throw CheckpointError(
      .exists, "there is a file of this name already", path: path,
      advice: "--force replaces it")
  }

  private static func isThere(_ path: FilePath) -> Bool {
    guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .nonBlocking) else {
      return false
    }
    try? descriptor.close()
    return true
  }

  /// Tells what came of it: losses and casts as messages, the rest as the result.
  func report(
    _ report: ExchangeReport, from source: FilePath, to output: FilePath, _ format: ExchangeFormat,
    asJSON: Bool, on terminal: Terminal
  ) throws(OutputError) {
    if asJSON {
      return try terminal.print([
        "path": .string(source.string), "output": .string(output.string),
        "format": .string(format.name), "tensors": .count(report.tensorCount),
        "tensorBytes": .count(report.tensorBytes), "sizeBytes": .count(report.fileSizeBytes),
        "cast": cast.map { dtype in
          [
            "dtype": .string(dtype.name), "tensors": .count(report.castTensorCount),
            "overflows": .count(report.overflowCount),
          ]
        } ?? .null,
        "losses": .strings(report.losses),
      ])
    }
    for loss in report.losses { try terminal.note("not carried over: " + loss.shortened.printable) }
    if let cast {
      let overflows =
        report.overflowCount == 0
        ? "" : ", \(HumanText.count(report.overflowCount, "value")) beyond its range made infinite"
      try terminal.note(
        "\(HumanText.count(report.castTensorCount, "tensor")) rounded to \(cast)\(overflows)")
    }
    try terminal.print(
      "\(output.string.printable): \(HumanText.count(report.tensorCount, "tensor")), "
        + HumanText.size(report.fileSizeBytes))
  }
}

extension ExchangeFormat {
  /// From an argument.
  static func argument(_ text: String) throws -> ExchangeFormat {
    guard let format = ExchangeFormat(name: text) else {
      let names = ExchangeFormat.allCases.map(\.name).joined(separator: ", ")
      throw ValidationError("There are \(names).")
    }
    return format
  }
}
