import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("CSVLogger")
struct CSVLoggerTests {
  let directory: TemporaryDirectory
  let path: FilePath
  let training: SmallTraining

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path.appending("log.csv")
    training = try SmallTraining()
  }

  private func text() throws -> String {
    try String(contentsOfFile: path.string, encoding: .utf8)
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
  }

  @Test("writes columns, gaps and line ends as Keras does")
  func asKeras() throws {
    let model = try training.model()
    try training.fit(
      model,
      callbacks: [LearningRateScheduler { $1 }, CSVLogger(path, separator: ";")], epochs: 2)
    let recorded = try String(contentsOf: fixture("keras-callbacks/log.csv"), encoding: .utf8)
    #expect(try text().prefix { $0 != "\r\n" } == recorded.prefix { $0 != "\r\n" })
    let logs = try #require(model.history.logs.first)
    let row = ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"].map {
      "\(logs[$0] ?? .nan)"
    }
    #expect(try text().split(separator: "\r\n")[1] == "0;" + row.joined(separator: ";"))
    #expect(try text().count { $0 == "\r\n" } == 3)

    try model.fit(
      training.inputs, training.targets, verbose: 0, callbacks: [CSVLogger(path)])
    let plain = try String(contentsOf: fixture("keras-callbacks/plain.csv"), encoding: .utf8)
    #expect(try text().prefix { $0 != "\r\n" } == plain.prefix { $0 != "\r\n" })
    #expect(try text().hasSuffix(",NA,NA\r\n"))
  }

  @Test("writes NaN and infinities as Python does")
  func notNumbers() throws {
    let scripted = ScriptedTraining([.nan, .infinity, -.infinity])
    try scripted.fit(try scripted.model(), [CSVLogger(path)])
    #expect(
      try text().split(separator: "\r\n").dropFirst().map { $0.split(separator: ",").last }
        == ["nan", "inf", "-inf"])
  }

  @Test("replaces what is there, or appends without another header")
  func appending() throws {
    try write("epoch,loss\r\n0,1.0\r\n")
    try training.fit(try training.model(), callbacks: [CSVLogger(path, append: true)], epochs: 1)
    #expect(try text().hasPrefix("epoch,loss\r\n0,1.0\r\n0,0."))
    try training.fit(try training.model(), callbacks: [CSVLogger(path)], epochs: 1)
    #expect(try text().hasPrefix("epoch,accuracy,loss,val_accuracy,val_loss\r\n0,"))
    #expect(try text().count { $0 == "\r\n" } == 2)
  }

  @Test("appends to no half line that a power cut has left, and says which it was")
  func tornLine() throws {
    try write("epoch,loss\r\n0,1.0\r\n1,0.")
    let lines = Lines()
    try training.fit(
      try training.model(), callbacks: [CSVLogger(path, append: true)], epochs: 1, lines: lines)
    #expect(try text().hasPrefix("epoch,loss\r\n0,1.0\r\n0,0."))
    #expect(lines.text.contains("the last line has no end and is removed: 1,0.\n"))
  }

  @Test(
    "is written anew from the history where a resumed run finds less than there was",
    arguments: [false, true])
  func lost(append: Bool) throws {
    let start = append ? "epoch,loss\r\n7,1.0\r\n" : ""
    try write(start)
    let capture = Capture(EventRecorder(), EventRecorder())
    let whole = try training.model()
    try training.fit(whole, callbacks: [capture, CSVLogger(path, append: append)])
    let expected = try text()
    #expect(expected.hasPrefix(start))
    for moment in capture.moments {
      try write(start + "half")
      let lines = Lines()
      try training.fit(
        try Sequential(from: moment.checkpoint),
        callbacks: [Capture(EventRecorder(), EventRecorder()), CSVLogger(path, append: append)],
        lines: lines)
      #expect(try text() == expected, "\(moment.name)")
    }
  }

  @Test("says where it can't write, and what can't be a separator")
  func impossible() throws {
    #expect {
      try training.fit(
        try training.model(), callbacks: [CSVLogger(directory.path.appending("log.csv/a"))])
      try training.fit(try training.model(), callbacks: [CSVLogger(directory.path)])
    } throws: { ($0 as? TrainerError)?.code == .fileNotWritable }
    #expect {
      try training.fit(try training.model(), callbacks: [CSVLogger(path, separator: "\n")])
    } throws: { ($0 as? TrainerError)?.code == .invalidArgument }
  }
}
