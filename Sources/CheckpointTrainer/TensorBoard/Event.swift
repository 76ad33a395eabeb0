/// What a record of an event file holds: `Event` of TensorFlow's event.proto.
package struct Event {
  /// What an event is about.
  package enum Content {
    /// The start of a file; the writer's name.
    case version(writer: String)
    /// A value by its tag.
    case summary(tag: String, SummaryValue)
  }

  /// Seconds since 1970-01-01T00:00:00Z.
  package var wallSeconds: Double
  /// The epoch, batch or iteration.
  package var step: Int
  package var content: Content

  package init(wallSeconds: Double, step: Int = 0, _ content: Content) {
    self.wallSeconds = wallSeconds
    self.step = step
    self.content = content
  }

  /// The message's bytes.
  package var encoded: [UInt8] {
    var event = ProtobufMessage()
    event.append(1, double: wallSeconds)
    event.append(2, integer: Int64(step))
    switch content {
    case .version(let writer):
      event.append(3, text: "brain.Event:2")
      event.append(10, Event.source(writer))
    case .summary(let tag, let value):
      var summary = ProtobufMessage()
      summary.append(1, value.message(tag: tag))
      event.append(5, summary)
    }
    return event.bytes
  }

  /// How the first event of a file of that writer ends.
  static func versionEnd(writer: String) -> [UInt8] {
    var event = ProtobufMessage()
    event.append(10, source(writer))
    return event.bytes
  }

  private static func source(_ writer: String) -> ProtobufMessage {
    var source = ProtobufMessage()
    source.append(1, text: writer)
    return source
  }
}
