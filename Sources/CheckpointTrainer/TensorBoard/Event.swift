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

/// A value in the form that TensorFlow 2 writes: a tensor, and which of TensorBoard's plugins it is for.
package enum SummaryValue {
  case scalar(Float)
  /// For each bucket its edges and its count.
  case histogram([HistogramBucket])
  /// A Keras model as JSON.
  case model(String)

  func message(tag: String) -> ProtobufMessage {
    var value = ProtobufMessage()
    value.append(1, text: tag)
    value.append(8, tensor)
    value.append(9, metadata)
    return value
  }

  private var tensor: ProtobufMessage {
    var tensor = ProtobufMessage()
    var shape = ProtobufMessage()
    var content: [UInt8] = []
    switch self {
    case .scalar(let number):
      content.append(littleEndian: number.bitPattern)
      tensor.append(1, integer: 1)  // DT_FLOAT
      tensor.append(2, shape)
      tensor.append(4, bytes: content)
    case .histogram(let buckets):
      for bucket in buckets {
        for number in [bucket.lower, bucket.upper, bucket.count] {
          content.append(littleEndian: number.bitPattern)
        }
      }
      for length in [buckets.count, 3] {
        var axis = ProtobufMessage()
        axis.append(1, integer: Int64(length))
        shape.append(2, axis)
      }
      tensor.append(1, integer: 2)  // DT_DOUBLE
      tensor.append(2, shape)
      tensor.append(4, bytes: content)
    case .model(let json):
      tensor.append(1, integer: 7)  // DT_STRING
      tensor.append(2, shape)
      tensor.append(8, text: json)
    }
    return tensor
  }

  private var metadata: ProtobufMessage {
    var plugin = ProtobufMessage()
    switch self {
    case .scalar: plugin.append(1, text: "scalars")
    case .histogram: plugin.append(1, text: "histograms")
    case .model:
      plugin.append(1, text: "graph_keras_model")
      plugin.append(2, text: "1")
    }
    var metadata = ProtobufMessage()
    metadata.append(1, plugin)
    return metadata
  }
}
