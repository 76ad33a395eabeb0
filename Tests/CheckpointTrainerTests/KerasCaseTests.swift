import Checkpoint
import Foundation
import Testing

@testable import CheckpointTrainer

/// Repeats trainings that `Scripts/keras-test` drew at random and had Keras make.
@Suite("Random trainings by Keras")
struct KerasCaseTests {
  static let directory = ProcessInfo.processInfo.environment["CKPT_KERAS_DIRECTORY"]

  /// Absolute, on losses, metrics, rates, weights and predictions.
  static let tolerance = 1e-5

  @Test("come to the same numbers here", .enabled(if: directory != nil))
  func repeatTrainings() throws {
    let files = try KerasCase.files(in: try #require(KerasCaseTests.directory))
    try #require(!files.isEmpty)
    var agreed = 0
    for file in files {
      do {
        let training = try KerasCase(contentsOf: file)
        let found = try training.differences(within: KerasCaseTests.tolerance)
        if found.isEmpty { agreed += 1 }
        let name = training.json["name"]?.stringValue ?? ""
        #expect(
          found.isEmpty, "\(file.lastPathComponent) (\(name)): \(found.joined(separator: "; "))")
      } catch {
        Issue.record("\(file.lastPathComponent): \(error)")
      }
    }
    print(
      "\(agreed) of \(files.count) trainings agree with Keras within \(KerasCaseTests.tolerance)")
  }

  @Test("name files alike", .enabled(if: directory != nil))
  func fileNames() throws {
    let file = URL(fileURLWithPath: try #require(KerasCaseTests.directory) + "/formats")
    let formats = try #require(
      try JSONValue.parse(utf8: [UInt8](Data(contentsOf: file))).arrayValue)
    for entry in formats {
      let format = try #require(entry[0]?.stringValue)
      let number = try #require(entry[2]?.stringValue)
      let value: FileNameTemplate.Value =
        entry[1] == true
        ? .integer(try #require(Int(number))) : .number(try #require(Double(number)))
      let ours = try? FormatSpecification(format).text(of: value)
      #expect(ours == entry[3]?.stringValue, "format(\(number), '\(format)')")
    }
    try #require(formats.count > 100)
  }
}
