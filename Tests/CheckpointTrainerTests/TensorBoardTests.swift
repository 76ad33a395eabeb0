import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("TensorBoard")
struct TensorBoardTests {
  let directory: TemporaryDirectory
  let training: SmallTraining
  let model: Sequential

  init() throws {
    directory = try TemporaryDirectory()
    training = try SmallTraining()
    model = try training.model()
  }

  private func points(_ part: String) throws -> [EventReader.Point] {
    try EventReader.points(in: directory.path.appending(part))
  }

  private func names(_ part: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: directory.path.appending(part).string
    ).sorted()
  }

  private func series(_ tag: String, in part: String) throws -> [Int: Double] {
    let points = try points(part).filter { $0.tag == tag }
    return Dictionary(uniqueKeysWithValues: points.map { ($0.step, $0.values.first ?? .nan) })
  }

  private func logged(_ name: String, steps: [Int]) -> [Int: Double] {
    let values = model.history[name].map { Double(Float($0)) }
    return Dictionary(uniqueKeysWithValues: zip(steps, values))
  }

  @Test("writes the tags that Keras writes, with the epoch or the iteration as step")
  func tags() throws {
    try training.fit(model, callbacks: [TensorBoard(directory.path)])
    #expect(
      try Set(points("train").map(\.tag)) == [
        "keras", "epoch_accuracy", "epoch_loss", "epoch_learning_rate",
      ])
    #expect(
      try Set(points("validation").map(\.tag)) == [
        "epoch_accuracy", "epoch_loss", "evaluation_accuracy_vs_iterations",
        "evaluation_loss_vs_iterations",
      ])
    #expect(try series("epoch_loss", in: "train") == logged("loss", steps: [0, 1, 2]))
    #expect(try series("epoch_loss", in: "validation") == logged("val_loss", steps: [0, 1, 2]))
    #expect(
      try series("evaluation_accuracy_vs_iterations", in: "validation")
        == logged("val_accuracy", steps: [6, 12, 18]))
    let rate = Double(Float(0.01))
    #expect(try series("epoch_learning_rate", in: "train") == [0: rate, 1: rate, 2: rate])
    #expect(try points("train").first { $0.tag == "keras" }?.plugin == "graph_keras_model")
    #expect(try points("train").first { $0.tag == "epoch_loss" }?.plugin == "scalars")
  }

  @Test("names files as TensorFlow does")
  func fileNames() throws {
    try training.fit(model, callbacks: [TensorBoard(directory.path)], epochs: 1)
    for part in ["train", "validation"] {
      let name = try #require(try names(part).first)
      let pattern = #/events\.out\.tfevents\.\d{10,}\.[A-Za-z0-9-]+\.\d+\.\d+\.v2/#
      #expect(name.wholeMatch(of: pattern) != nil, "\(name)")
      #expect(try names(part).count == 1)
    }
  }

  @Test("writes values of every n-th batch, counted over all epochs from 1")
  func batches() throws {
    let recorder = BatchLosses()
    let board = TensorBoard(directory.path, writesGraph: false, updateFrequency: .batches(4))
    try training.fit(model, callbacks: [recorder, board])
    let losses = try series("batch_loss", in: "train")
    #expect(losses.keys.sorted() == [4, 8, 12, 16])
    for (step, loss) in losses { #expect(loss == Double(Float(recorder.losses[step - 1]))) }
    #expect(try series("epoch_loss", in: "train").count == 3)
    #expect(try !points("train").contains { $0.tag == "keras" })
  }

  @Test("writes histograms of the weights every so many epochs")
  func histograms() throws {
    try training.fit(model, callbacks: [TensorBoard(directory.path, histogramFrequency: 2)])
    let points = try points("train").filter { $0.plugin == "histograms" }
    #expect(points.map(\.tag).count == 2 * model.weights.count)
    let kernel = points.filter { $0.tag == "sequential/dense/kernel/histogram" }
    #expect(kernel.map(\.step) == [0, 2])
    let last = try #require(kernel.last).values
    let weights = try #require(model.weights.first).value.elements
    #expect(last.count == 90)
    #expect(last.first == weights.min().map(Double.init))
    #expect(last.dropLast().last == weights.max().map(Double.init))
    let counts = stride(from: 2, to: 90, by: 3).map { last[$0] }
    #expect(counts.reduce(0, +) == Double(weights.count))
  }

  @Test("leaves other runs' files and other files alone when a run goes on")
  func others() throws {
    try training.fit(try training.model(), callbacks: [TensorBoard(directory.path)], epochs: 1)
    let other = try names("train")
    let note = directory.path.appending("train").appending("tfevents-note.txt")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: note.string))
    let capture = Capture(EventRecorder(), EventRecorder())
    try training.fit(model, callbacks: [capture, TensorBoard(directory.path)])
    let before = try names("train")
    #expect(before.count == 3)
    let resumed = try Sequential(from: capture.moments[9].checkpoint)
    try training.fit(
      resumed,
      callbacks: [Capture(EventRecorder(), EventRecorder()), TensorBoard(directory.path)])
    #expect(try Set(before).isSubset(of: names("train")))
    #expect(try Set(other).isSubset(of: names("train")))
    #expect(try String(contentsOfFile: note.string, encoding: .utf8) == "mine")
  }

  @Test("says where points of before have been lost, keeps the sound ones, and goes on")
  func damaged() throws {
    let capture = Capture(EventRecorder(), EventRecorder())
    try training.fit(model, callbacks: [TensorBoard(directory.path), capture])
    let path = directory.path.appending("train").appending(try names("train")[0])
    let url = URL(fileURLWithPath: path.string)
    var bytes = [UInt8](try Data(contentsOf: url))
    // In the last third: the values of epoch 0, the model before them, are sound.
    bytes[bytes.count - 100] ^= 1
    try Data(bytes).write(to: url)
    let lines = Lines()
    try training.fit(
      try Sequential(from: try #require(capture.moments.last).checkpoint),
      callbacks: [TensorBoard(directory.path), Capture(EventRecorder(), EventRecorder())],
      epochs: 4, lines: lines)
    #expect(lines.text.contains("is no longer what it was at the checkpoint"))
    let steps = try series("epoch_loss", in: "train").keys.sorted()
    #expect(steps.first == 0)
    #expect(steps.last == 3)
  }

  @Test("with a frequency that is none, or a file for a directory, lets no training begin")
  func impossible() throws {
    let file = directory.path.appending("file")
    try Data().write(to: URL(fileURLWithPath: file.string))
    for (board, code) in [
      (
        TensorBoard(directory.path, updateFrequency: .batches(0)), TrainerError.Code.invalidArgument
      ),
      (TensorBoard(directory.path, histogramFrequency: -1), .invalidArgument),
      (TensorBoard(file), .fileNotWritable),
    ] {
      #expect {
        try training.fit(model, callbacks: [board])
      } throws: { ($0 as? TrainerError)?.code == code }
    }
  }
}

private final class BatchLosses: Callback {
  private(set) var losses: [Double] = []

  func onBatchEnd(
    _ batch: Int, logs: Logs, _ training: TrainingSession
  ) throws(TrainerError) {
    losses.append(logs["loss"] ?? .nan)
  }
}
