import Foundation

/// The trainer's side of the comparison with Keras: `trainer-epochs FOLDER` reads a case and waits.
/// For each line with a number on standard input it trains that many epochs and answers with a line of
/// JSON: {"seconds": [...], "losses": [...]}. A case that can't be trained answers {"error": ...} once.
@main
struct TrainerEpochs {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: trainer-epochs FOLDER\n".utf8))
      exit(64)
    }
    let training: TrainingCase
    do {
      training = try TrainingCase(folder: URL(filePath: CommandLine.arguments[1]))
    } catch {
      try answer(["error": "\(error)"])
      return
    }
    try answer(["ready": true])
    while let line = readLine(), let epochs = Int(line) {
      let clock = try training.train(epochs: epochs)
      try answer(["seconds": clock.seconds, "losses": clock.losses.map { $0.isFinite ? $0 : -1 }])
    }
  }

  private static func answer(_ fields: [String: Any]) throws {
    let line = try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)
    FileHandle.standardOutput.write(line + Data("\n".utf8))
  }
}
