internal import ArgumentParser
internal import Checkpoint
internal import CheckpointRetention
internal import CheckpointTrainer
internal import SystemPackage

/// `ckpt train`: trains a model on a person's own data, and goes on after any crash.
struct TrainCommand: TerminalCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network, saving checkpoints; go on where a run was interrupted.",
    discussion: """
      Reads MNIST-like IDX files from a directory (as they are or gzipped), or a CSV file with a column \
      of labels: classes, or numbers for a model with one output. Each epoch's state is saved under --name; run the same command again after a crash and it goes on from the \
      newest sound checkpoint in --dir, to the same bits that an uninterrupted run ends with. SIGTERM \
      and Ctrl-C stop it in order: it finishes the batch, saves, and exits; a second one ends it at \
      once.

      A policy says how often to save and what to keep: short (last 3 and the best), regular (10 in \
      all), long (thinned out with age; saves within epochs too), or rules of one's own. Without \
      --policy the one that the directory remembers applies; where there is none, each epoch is saved \
      and nothing removed.

      EXAMPLES
        ckpt train --data mnist --dir run                     train-images-idx3-ubyte.gz and so on
        ckpt train --data iris.csv --labels species --dir run
        ckpt train --data digits --draw-digits --dir run      draws a data set first
        ckpt train --data mnist --dir run --best-only --monitor val_acc
        ckpt train --data mnist --dir run --policy short
        ckpt train --model cnn --data mnist --dir run
        ckpt train --model pima --data pima-indians-diabetes.csv --dir run
        ckpt train --model model.json --data mnist --dir run --optimizer adam --learning-rate 0.01
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

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    help: """
      Epochs in all, those before an interruption included. (default: mlp 10, cnn 12, pima 150, a \
      file 10)
      """)
  var epochs: Int?

  @Option(help: "Samples per optimizer step. (default: mlp 32, cnn 128, pima 10, a file 32)")
  var batchSize: Int?

  @Option(
    help: "What first weights, shuffling, dropout and the choice of validation rows follow from.")
  var seed: UInt64 = 2018

  @Option(
    help: """
      The checkpoints' name; {epoch} and the metrics in Python's format language. \
      (default: weights-improvement-{epoch:02d}-{METRIC:.2f}.ckpt, such as val_acc; with \
      step-{step:08d} before the metric where the policy saves within epochs)
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

  @Option(
    help: """
      The metric that decides which is better, for --policy too. (default: the model's first metric \
      or the loss, of the validation data if there are any: val_acc)
      """)
  var monitor: String?

  @Option(
    help: "How files are coded: none, fast or compact.",
    completion: .list(Compression.allCases.map(\.rawValue)), transform: TrainCommand.compression)
  var compression = Compression.none

  @OptionGroup var logs: LogOptions

  /// For the demonstration of a crash: the n-th save of this process is its last.
  @Option(help: .hidden)
  var crashInSave: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard epochs ?? 1 > 0, batchSize ?? 1 > 0 else {
      throw ValidationError("--epochs and --batch-size are at least 1.")
    }
    guard (0..<1).contains(validationSplit) else {
      throw ValidationError("--validation-split goes from 0 to below 1.")
    }
    do throws(PolicyError) {
      _ = try policy?.policy(monitor: monitor ?? "val_loss")
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

  private var epochCount: Int { epochs ?? modelOptions.defaultEpochs }

  func run(on terminal: Terminal) throws -> ExitStatus {
    do throws(TrainerError) {
      let input = try TrainingInput(
        data, drawsDigits: drawDigits, labels: labels, validationSplit: validationSplit,
        seed: seed)
      let history = try train(on: input, terminal)
      if common.json {
        let result: JSONValue = [
          "directory": .string(dir.string), "epochs": .int(Int64(epochCount)),
          "history": history.json,
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
    let model = try modelOptions.build(for: input, seed: seed)
    let samples = try input.samples(for: model)
    let metric = model.metricNames.first ?? "loss"
    let saves = try TrainingSaves(
      in: dir, metric: input.hasValidation ? "val_" + metric : metric, monitor: monitor,
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
      samples.training.inputs, samples.training.targets,
      batchSize: batchSize ?? modelOptions.defaultBatchSize, epochs: epochCount,
      callbacks: logs.callbacks + [callback], validationData: samples.validation,
      resumeFrom: saves.store,
      stopsOnSignals: true, console: console)
  }
}
