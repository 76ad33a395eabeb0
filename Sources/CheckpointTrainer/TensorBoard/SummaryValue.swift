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
