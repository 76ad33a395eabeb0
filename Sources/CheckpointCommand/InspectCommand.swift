internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// `ckpt inspect`: what is in a file.
struct InspectCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a checkpoint: facts, documents, tensors, values.",
    discussion: """
      Rows are written as in Python and select indices of the first dimension; quote them for the \
      shell. With --json, values are nested arrays; NaN and infinities are the strings NaN, Infinity \
      and -Infinity, and whole numbers beyond 63 bits are strings of digits.

      EXAMPLES
        ckpt inspect run/00000012.ckpt
        ckpt inspect a.ckpt --tensor 'model/dense/kernel[0:4]'
        ckpt inspect a.ckpt --stats --tensor model/dense/bias
        ckpt inspect a.ckpt --document training | jq .compile_config.optimizer
        ckpt inspect a.ckpt --json | jq '.tensors[] | select(.nonFiniteCount > 0).name'

      \(ExitStatus.help())
      """)

  @Argument(help: "The checkpoint.", completion: .checkpointFile, transform: FilePath.argument)
  var file: FilePath

  @Option(
    help: ArgumentHelp(
      "Print the values of a tensor, or of some of its rows. May be repeated.",
      valueName: "name[rows]"))
  var tensor: [String] = []

  @Flag(
    help: """
      Minimum, maximum, mean, standard deviation, zeros, NaN, infinities and a histogram of each \
      tensor, or of those given by --tensor.
      """)
  var stats = false

  @Flag(help: "The chunks of each tensor, or of those given by --tensor.")
  var chunks = false

  @Option(
    help: ArgumentHelp("Print a document's JSON. May be repeated.", valueName: "name"))
  var document: [String] = []

  @Flag(help: "Print all documents as one JSON object.")
  var documents = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !stats || !chunks else { throw ValidationError("--stats or --chunks, not both.") }
    guard !documents || document.isEmpty else {
      throw ValidationError("--documents or --document, not both.")
    }
    let wantsDocuments = documents || !document.isEmpty
    guard !wantsDocuments || !(stats || chunks || !tensor.isEmpty) else {
      throw ValidationError("Either documents or tensors, not both.")
    }
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    let reader = try CheckpointReader(file)
    var selections: [TensorSelection] = []
    for argument in tensor { selections.append(try TensorSelection(argument, in: reader)) }
    if documents || !document.isEmpty {
      try printDocuments(of: reader, on: terminal)
    } else if stats {
      try StatisticsReport(reader, selections).print(asJSON: common.json, on: terminal)
    } else if chunks {
      try ChunkReport(reader, selections).print(asJSON: common.json, on: terminal)
    } else if !selections.isEmpty {
      try printValues(of: selections, in: reader, on: terminal)
    } else if common.json {
      try FileReport(reader).printJSON(on: terminal)
    } else {
      try FileReport(reader).print(on: terminal)
    }
    return .success
  }

  private func printDocuments(of reader: CheckpointReader, on terminal: Terminal) throws {
    var object = JSONObject()
    for name in documents ? reader.documentNames : document {
      object[name] = try reader.document(name)
    }
    if common.json {
      try terminal.print(["path": .string(file.string), "documents": .object(object)])
    } else if documents {
      try terminal.printPretty(.object(object))
    } else {
      // Each as it is, so that one alone can be piped on.
      for name in document { if let value = object[name] { try terminal.printPretty(value) } }
    }
  }

  private func printValues(
    of selections: [TensorSelection], in reader: CheckpointReader, on terminal: Terminal
  ) throws {
    if common.json {
      var tensors: [JSONValue] = []
      for selection in selections {
        tensors.append(try TensorJSON(selection, in: reader).value)
      }
      return try terminal.print(["path": .string(file.string), "tensors": .array(tensors)])
    }
    for (number, selection) in selections.enumerated() {
      if selections.count > 1 {
        if number > 0 { try terminal.print() }
        let info = selection.info
        let title = "\(info.name.printable)  \(info.dtype)  \(info.shape)"
        try terminal.print(terminal.styled(title, .faint))
      }
      try TensorPrinting(selection, in: reader).print(on: terminal)
    }
  }
}

extension Terminal {
  /// JSON in many lines, wherever it goes: it is what was asked for, and people may look at it.
  fileprivate func printPretty(_ json: JSONValue) throws(OutputError) {
    try output.write(json.text(pretty: true).escapingNonASCIIControls + "\n")
  }
}
