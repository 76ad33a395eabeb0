import Checkpoint
import CheckpointCommand
import Foundation
import SystemPackage
import Testing

@Suite("ckpt train --model")
struct TrainModelTests {
  let directory = TemporaryDirectory()

  private func file(_ name: String, _ text: String) throws -> String {
    try directory.write(Array(text.utf8), to: name)
    return directory.file(name).string
  }

  /// Rows of eight numbers and a label of 0 or 1, as of the Pima table: no header.
  private func table(_ labels: [String] = ["0", "1"]) throws -> String {
    var text = ""
    for row in 0..<40 {
      let numbers = (0..<8).map { "\(Double((row * 7 + $0 * 3) % 11) / 11)" }
      text += numbers.joined(separator: ",") + "," + labels[row % labels.count] + "\r\n"
    }
    return try file("table.csv", text)
  }

  /// A model of Keras with eight inputs.
  private func model(
    units: Int = 1, activation: String = "sigmoid", inputs: Int = 8, compile: String = ""
  ) throws -> String {
    try file(
      "model.json",
      """
      {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, \(inputs)]}},
        {"class_name": "Dense", "config": {"units": 6, "activation": "relu"}},
        {"class_name": "Dense", "config": {"units": \(units), "activation": "\(activation)"}}]}
        \(compile.isEmpty ? "" : ", \"compile_config\": \(compile)")}
      """)
  }

  private func train(_ model: String, _ data: String, _ more: String...) -> CommandRun {
    ckpt(
      ["train", "--model", model, "--data", data, "--dir", directory.file("run").string] + more)
  }

  private func newest() throws -> Checkpoint {
    try #require(try CheckpointStore(at: directory.file("run")).latest()).checkpoint
  }

  private func compiled() throws -> JSONValue? {
    try newest().documents["training"]?["compile_config"]
  }

  @Test("a file with its own compile_config: trained, saved under its metric's name, and resumed")
  func ownCompileConfig() throws {
    let compile = """
      {"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.5}},
       "loss": "mean_squared_error", "metrics": ["mae"]}
      """
    let (path, data) = (try model(compile: compile), try table())
    let first = train(path, data, "--epochs", "2")
    #expect(first.status == .success, "\(first.messages)")
    #expect(
      try newest().documents["training"]?["compile_config"]?["optimizer"]?["config"]?["momentum"]
        == 0.5)
    #expect(try newest().metrics.keys.sorted() == ["loss", "mae", "val_loss", "val_mae"])
    let names = try CheckpointStore(at: directory.file("run")).list().map(\.fileName)
    #expect(names.first?.hasPrefix("weights-improvement-01-0.") == true)
    let second = train(path, data, "--epochs", "3")
    #expect(second.output.contains("2 of 3 epochs done"), "\(second.messages)")
  }

  @Test("options say more than the file, and it says more than what is usual")
  func options() throws {
    let compile = #"{"optimizer": "rmsprop", "loss": "mean_squared_error", "metrics": ["mae"]}"#
    let result = train(
      try model(compile: compile), try table(), "--epochs", "1", "--optimizer", "sgd",
      "--learning-rate", "0.5", "--metrics", "acc,mae")
    #expect(result.status == .success, "\(result.messages)")
    let compiled = try compiled()
    #expect(compiled?["optimizer"]?["class_name"] == "SGD")
    #expect(compiled?["optimizer"]?["config"]?["learning_rate"] == 0.5)
    #expect(compiled?["loss"] == "mean_squared_error")
    #expect(compiled?["metrics"] == ["acc", "mae"])
  }

  @Test("a file without compile_config: what is usual for classes; metrics can be left out")
  func usual() throws {
    let path = try model(units: 3, activation: "softmax")
    let result = train(path, try table(["a", "b", "c"]), "--epochs", "1", "--metrics", "none")
    #expect(result.status == .success, "\(result.messages)")
    #expect(try compiled()?["loss"] == "categorical_crossentropy")
    #expect(try newest().metrics.keys.sorted() == ["loss", "val_loss"])
  }

  @Test("targets are numbers of classes where the loss wants them so; outputs may be left over")
  func sparse() throws {
    let path = try model(units: 5, activation: "softmax")
    let result = train(
      path, try table(["a", "b", "c"]), "--epochs", "1", "--loss",
      "sparse_categorical_crossentropy")
    #expect(result.status == .success, "\(result.messages)")
  }

  @Test("images come in the shape that the model takes")
  func images() throws {
    let path = try model(units: 10, activation: "softmax", inputs: 784)
    let digits = directory.file("digits").string
    let flat = train(path, digits, "--draw-digits", "--epochs", "1", "--batch-size", "500")
    #expect(flat.status == .success, "\(flat.messages)")
    let other = train(try model(units: 10, inputs: 64), digits)
    #expect(other.status == .badRequest)
    #expect(
      other.messages
        == "ckpt: the model takes samples of the shape [64], those of \(digits) have the shape "
        + "[28, 28]\n")
  }

  @Test("a model of Python's is refused with the file's name, and what is no JSON with the place")
  func badFiles() throws {
    let data = try table()
    let cases: [(String, CheckpointCommand.ExitStatus, String)] = [
      ("{\n  \"a\": [1,\n ]}", .unreadable, "model.json: line 3, column 2: unexpected character"),
      ("{}", .badRequest, "model.json: the model is a '?'; only Sequential is read"),
      (
        #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "GRU"}]}}"#,
        .badRequest, "model.json: no layer is called 'GRU', there are"
      ),
    ]
    for (text, status, message) in cases {
      let result = train(try file("model.json", text), data)
      #expect(result.status == status)
      #expect(result.messages.contains(message), "\(result.messages)")
      #expect(result.messages.split(separator: "\n").count == 1)
    }
    #expect(train(directory.file("none.json").string, data).status == .failed)
    #expect(!FileManager.default.fileExists(atPath: directory.file("run").string))
  }

  @Test("data that don't fit the model are refused, and leave nothing")
  func misfits() throws {
    let classes = train(try model(units: 2, activation: "softmax"), try table(["a", "b", "c"]))
    #expect(classes.status == .badRequest)
    #expect(classes.messages.contains("has 3 classes, but the model ends with 2 outputs"))
    let words = train(try model(), try table(["0", "yes"]), "--loss", "mean_squared_error")
    #expect(words.status == .unreadable)
    #expect(
      words.messages.contains(": the label 'yes' is not a finite number"), "\(words.messages)")
    #expect(words.messages.contains("table.csv: line 2, column "))
    #expect(!FileManager.default.fileExists(atPath: directory.file("run").string))
  }

  @Test(
    "wrong usage",
    arguments: [
      ["--model", "lstm"], ["--model", "cnn", "--hidden", "8"],
      ["--model", "pima", "--dropout", "0.1"], ["--hidden", "8,x"], ["--dropout", "1"],
      ["--learning-rate", "0"], ["--learning-rate", "nan"], ["--epochs", "0"],
    ])
  func usage(_ arguments: [String]) {
    let result = ckpt(["train", "--data", "x.csv", "--dir", "y"] + arguments)
    #expect(result.status == .usage)
    #expect(result.messages.contains("--") || result.messages.contains("mlp, cnn and pima"))
  }

  @Test("what isn't there is named, with what there is")
  func unknown() throws {
    let result = train(try model(), try table(), "--loss", "hinge")
    #expect(result.status == .badRequest)
    #expect(result.messages.contains("no loss is called 'hinge', there are"), "\(result.messages)")
  }

  @Test(
    "pima: labels 0 and 1, one output, 150 epochs of batches of 10")
  func pima() throws {
    let data = try table()
    let result = train("pima", data)
    #expect(result.status == .success, "\(result.messages)")
    #expect(result.output.contains("Epoch 150/150\n4/4 - "))
    #expect(try compiled()?["loss"] == "binary_crossentropy")
    #expect(try newest().metrics.keys.contains("val_accuracy"))
    let other = train("pima", try table(["0", "1", "2"]))
    #expect(other.status == .unreadable)
    #expect(other.messages.contains("the label '2' is neither 0 nor 1"), "\(other.messages)")
  }

  @Test(
    "cnn: images with one channel, through convolutions, resumed")
  func cnn() throws {
    // A table of 784 columns is a set of images too, and a small one.
    var text = ""
    for row in 0..<10 {
      text += (0..<784).map { "\((row + $0) % 2)" }.joined(separator: ",") + ",\(row % 2)\n"
    }
    let data = try file("images.csv", text)
    for epochs in ["1", "2"] {
      let result = train("cnn", data, "--epochs", epochs)
      #expect(result.status == .success, "\(result.messages)")
    }
    let checkpoint = try newest()
    #expect(checkpoint.tensors["model/conv2d/kernel"]?.shape == [3, 3, 1, 32])
    #expect(checkpoint.tensors["model/conv2d_1/kernel"]?.shape == [3, 3, 32, 64])
    #expect(checkpoint.tensors["model/dense/kernel"]?.shape == [9216, 128])
    #expect(checkpoint.tensors["model/dense_1/kernel"]?.shape == [128, 2])
    #expect(checkpoint.epoch == 2)
  }
}
