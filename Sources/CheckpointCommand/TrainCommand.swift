internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import CheckpointTrainer
internal import SystemPackage

/// `ckpt train`: trains a classifier on a person's own data, and goes on after any crash.
struct TrainCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a dense network, saving checkpoints; go on where a run was interrupted.",
    discussion: """
      Reads MNIST-like IDX files from a directory, or a CSV file with a column of labels. Each epoch's \
      state is saved under --name; run the same command again after a crash and it goes on from the \
      newest sound checkpoint in --dir, to the same bits that an uninterrupted run ends with. SIGTERM \
      and Ctrl-C stop it in order: it finishes the batch, saves, and exits; a second one ends it at \
      once.

      A policy says how often to save and what to keep: short (last 3 and the best), regular (10 in \
      all), long (thinned out with age; saves within epochs too), or rules of one's own. Without \
      --policy the one that the directory remembers applies; where there is none, each epoch is saved \
      and nothing removed.

      EXAMPLES
        ckpt train --data mnist --dir run                     train-images-idx3-ubyte and so on
        ckpt train --data iris.csv --labels species --dir run
        ckpt train --data digits --draw-digits --dir run      draws a data set first
        ckpt train --data mnist --dir run --best-only --monitor val_acc
        ckpt train --data mnist --dir run --policy short
        ckpt train --data mnist --dir run --policy last=5,best=2:val_loss:min,save=epoch:1min

      \(ExitStatus.help(stops: true))
      """)

  @Option(
    help: "A directory with IDX files, or a CSV file.", completion: .file(),
    transform: FilePath.argument)
  var data: FilePath

  @Option(help: "Where checkpoints go.", completion: .directory, transform: FilePath.argument)
  var dir: FilePath

  @Flag(help: "Draw images of digits into --data first, if there are none.")
  var drawDigits = false

  @Option(
    help: "A CSV file's column of labels: its name, or its number from 0. The last by default.")
  var labels: String?

  @Option(help: "The share of a CSV file's rows to validate with, drawn by lot.")
  var validationSplit = 0.2

  @Option(help: "Epochs in all, those before an interruption included.")
  var epochs = 10

  @Option(help: "Samples per optimizer step.")
  var batchSize = 32

  @Option(help: "Units of the hidden layers, separated by commas.")
  var hidden = "64,64"

  @Option(help: "The share of hidden units that dropout leaves out.")
  var dropout: Float = 0

  @Option(
    help: "What first weights, shuffling, dropout and the choice of validation rows follow from.")
  var seed: UInt64 = 2018

  @Option(
    help: """
      The checkpoints' name; {epoch} and the metrics in Python's format language. \
      (default: weights-improvement-{epoch:02d}-{val_acc:.2f}.ckpt; with step-{step:08d} before the \
      metric where the policy saves within epochs)
      """)
  var name: String?

  @Option(
    help: """
      How often to save and what to keep: short, regular, long, or a policy such as \
      last=5,best=3:val_acc:max. (default: what the directory remembers)
      """,
    completion: .list(RetentionPreset.allCases.map(\.rawValue)), transform: PolicyChoice.init)
  var policy: PolicyChoice?

  @Flag(help: "Save only checkpoints better than all before.")
  var bestOnly = false

  @Option(help: "The metric that decides which is better, for --policy too. (default: val_acc)")
  var monitor: String?

  @Option(
    help: "How files are coded: none, fast or compact.",
    completion: .list(Compression.allCases.map(\.rawValue)), transform: TrainCommand.compression)
  var compression = Compression.none

  /// For the demonstration of a crash: the n-th save of this process is its last.
  @Option(help: .hidden)
  var crashInSave: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !hiddenUnits.isEmpty, hiddenUnits.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--hidden takes numbers of units such as 64,64, not '\(hidden)'.")
    }
    guard epochs > 0, batchSize > 0 else {
      throw ValidationError("--epochs and --batch-size are at least 1.")
    }
    guard (0..<1).contains(dropout), (0..<1).contains(validationSplit) else {
      throw ValidationError("--dropout and --validation-split go from 0 to below 1.")
    }
    do throws(PolicyError) {
      _ = try policy?.policy(monitor: monitor ?? "val_acc")
    } catch {
      throw ValidationError("--policy: \(error)")
    }
  }

  private static func compression(_ text: String) throws -> Compression {
    guard let compression = Compression(rawValue: text) else {
      throw ValidationError("There is none, fast and compact, but no '\(text)'.")
    }
    return compression
  }

  private var hiddenUnits: [Int] {
    let parts = hidden.split(separator: ",", omittingEmptySubsequences: false)
    let units = parts.compactMap { Int($0) }
    return units.count == parts.count ? units : []
  }

  func run(on terminal: Terminal) throws -> ExitStatus {
    do throws(TrainerError) {
      let input = try TrainingInput(
        data, drawsDigits: drawDigits, labels: labels, validationSplit: validationSplit,
        seed: seed)
      let history = try train(on: input, terminal)
      if common.json {
        let result: JSONValue = [
          "directory": .string(dir.string), "epochs": .int(Int64(epochs)), "history": history.json,
        ]
        do { try terminal.print(result) } catch {
          throw TrainerError(.stopped, "\(error)", cause: error)
        }
      }
      return .success
    } catch {
      if let status = error.signal.flatMap(ExitStatus.init(signal:)) {
        return try tell(error, status, on: terminal)
      }
      throw error.cause as? CheckpointError ?? CheckpointError(error)
    }
  }

  /// Says that the training has been stopped in order.
  private func tell(
    _ interruption: TrainerError, _ status: ExitStatus, on terminal: Terminal
  ) throws -> ExitStatus {
    if common.json {
      let code = interruption.code.description
      try terminal.print([
        "error": ErrorReport.json(code: code, message: interruption.message)
      ])
    } else {
      try terminal.note(interruption.message)
    }
    return status
  }

  private func train(
    on input: TrainingInput, _ terminal: Terminal
  ) throws(TrainerError) -> History {
    var layers: [any Layer] = []
    for units in hiddenUnits {
      layers.append(Dense(units, activation: .relu))
      if dropout > 0 { layers.append(Dropout(dropout)) }
    }
    layers.append(Dense(input.classCount, activation: .softmax))
    let model = try Sequential(layers, seed: seed)
    try model.compile(
      optimizer: "rmsprop", loss: "categorical_crossentropy", metrics: ["acc"])
    let saves = try TrainingSaves(
      in: dir, metric: input.validation == nil ? "acc" : "val_acc", monitor: monitor,
      policy: policy, compression: compression)
    let selfKill = crashInSave.map { SelfKill(inSave: $0) }
    let callback = saves.callback(
      name: name, bestOnly: bestOnly, onSave: { event in selfKill?.heard(event) })
    // Under --json nothing but the result goes to the output.
    let output = common.json ? terminal.messages : terminal.output
    let width = common.json ? terminal.messagesWidth : terminal.outputWidth
    let console = Console(isTerminal: width != nil) { text in
      try? output.write(text)
      try? output.flush()
    }
    return try model.fit(
      input.features, input.targets, batchSize: batchSize, epochs: epochs, callbacks: [callback],
      validationData: input.validation, resumeFrom: saves.store, stopsOnSignals: true,
      console: console)
  }
}
