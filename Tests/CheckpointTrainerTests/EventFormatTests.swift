import Checkpoint
import Foundation
import SystemPackage
import Testing

@testable import CheckpointTrainer

@Suite("TensorBoard's event format")
struct EventFormatTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: fixture("tensorboard/" + name)))
  }

  private func expect(_ expected: JSONValue, in file: EventReader) throws {
    let series = try #require(expected.objectValue)
    var points: [EventReader.Point] = []
    for tag in series.keys {
      for pair in series[tag]?.arrayValue ?? [] {
        points.append(
          EventReader.Point(
            tag: tag, step: Int(try #require(pair[0]?.intValue)),
            values: [try #require(pair[1]?.numberValue)]))
      }
    }
    let found = file.points.map {
      EventReader.Point(tag: $0.tag, step: $0.step, values: $0.values)
    }
    #expect(!points.isEmpty)
    #expect(found.sorted() == points.sorted())
    #expect(file.version == "brain.Event:2")
  }

  @Test("is read by the tests' reader as by TensorBoard's own", arguments: ["legacy", "tensor"])
  func hand(form: String) throws {
    let expected = try jsonFixture("tensorboard/hand.expected.json")["\(form)/train"]
    let name = "hand/\(form)/train/events.out.tfevents.1700000000.host.1234.0.v2"
    try expect(try #require(expected), in: try EventReader(bytes(name)))
  }

  @Test(
    "also in what Keras wrote",
    arguments: [
      ("train", "events.out.tfevents.1795371374.host.5188.2.v2"),
      ("validation", "events.out.tfevents.1795371376.host.5188.3.v2"),
    ])
  func keras(part: String, name: String) throws {
    let expected = try jsonFixture("tensorboard/keras_run.expected.json")[part]
    try expect(
      try #require(expected), in: try EventReader(bytes("keras_run/\(part)/\(name)")))
  }

  @Test("is written byte for byte as TensorFlow writes it")
  func written() throws {
    let writer = "tensorflow.core.util.events_writer"
    let time = 1_700_000_000.0
    let events =
      [Event(wallSeconds: time, .version(writer: writer))]
      + [("epoch_loss", 0, 0.75), ("epoch_loss", 1, 0.5), ("epoch_accuracy", 1, 0.875)].map {
        Event(
          wallSeconds: time + 0.5 + Double($0.1), step: $0.1,
          .summary(tag: $0.0, .scalar(Float($0.2))))
      }
    #expect(
      try events.flatMap { EventRecord.framed($0.encoded) }
        == bytes("hand/tensor/train/events.out.tfevents.1700000000.host.1234.0.v2"))
  }

  @Test("has long lengths and negative numbers as protocol buffers write them")
  func protobuf() {
    var message = ProtobufMessage()
    message.append(1, integer: 300)
    message.append(2, integer: -1)
    message.append(3, integer: 0)
    message.append(16, bytes: [UInt8](repeating: 7, count: 200))
    #expect(
      message.bytes == [0x08, 0xAC, 0x02, 0x10] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
        + [0x82, 0x01, 0xC8, 0x01] + [UInt8](repeating: 7, count: 200))
  }

  @Test("histograms have 30 buckets, whose edges and counts are those of tf.summary.histogram")
  func histogram() {
    let buckets = HistogramBucket.buckets(of: [0, 1, 2, 3, 30, 30, .nan, .infinity])
    #expect(buckets.map(\.count) == [1, 1, 1, 1] + [Double](repeating: 0, count: 25) + [2])
    #expect(buckets.map(\.lower) == (0..<30).map(Double.init))
    #expect(buckets.map(\.upper) == (1...30).map(Double.init))
    let one = HistogramBucket.buckets(of: [2, 2, 2])
    #expect(one.map(\.count) == [Double](repeating: 0, count: 29) + [3])
    #expect(one.allSatisfy { $0.lower == 2 && $0.upper == 2 })
    let none = HistogramBucket.buckets(of: [.nan])
    #expect(none.count == 30 && none.allSatisfy { $0.count == 0 })
    // Widths that round to nothing, and to infinity.
    #expect(HistogramBucket.buckets(of: [0, .leastNonzeroMagnitude]).count == 30)
    #expect(
      HistogramBucket.buckets(of: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        .map(\.count).reduce(0, +) == 2)
  }
}
