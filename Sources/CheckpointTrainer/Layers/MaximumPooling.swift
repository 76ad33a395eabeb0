import CCheckpointShims

/// The largest numbers under a window, and where they were; samples are shared out among threads.
struct MaximumPooling: Sendable {
  let window: ckpt_window
  let lanes: SampleLanes

  init(window: ckpt_window, sampleCount: Int) {
    self.window = window
    lanes = SampleLanes(sampleCount: sampleCount)
  }

  /// Numbers in the outputs of one sample.
  private var outputLength: Int { window.positionCount * window.channels }

  /// The largest numbers, (samples, rows, columns, channels).
  func outputs(of images: FloatTensor) -> FloatTensor {
    let length = lanes.sampleCount * outputLength
    let elements = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      images.elements.withUnsafeBufferPointer { images in
        nonisolated(unsafe) let outputs = buffer.baseAddress
        nonisolated(unsafe) let images = images.baseAddress
        lanes.forEach(operations: lanes.sampleCount * window.imageLength) { _, samples in
          guard let images, let outputs else { return }
          ckpt_max_pool(
            images + samples.lowerBound * window.imageLength, window, samples.count,
            outputs + samples.lowerBound * outputLength)
        }
      }
      count = length
    }
    return FloatTensor(
      elements, shape: [lanes.sampleCount, window.out_height, window.out_width, window.channels])
  }

  /// The gradient with respect to the images, from the one with respect to the outputs.
  func gradient(images: FloatTensor, outputs gradient: FloatTensor) -> FloatTensor {
    let length = images.elements.count
    let elements = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      images.elements.withUnsafeBufferPointer { images in
        gradient.elements.withUnsafeBufferPointer { gradient in
          nonisolated(unsafe) let images = images.baseAddress
          nonisolated(unsafe) let gradient = gradient.baseAddress
          nonisolated(unsafe) let target = buffer
          lanes.forEach(operations: length) { _, samples in
            let start = samples.lowerBound * window.imageLength
            let part = target[start..<start + samples.count * window.imageLength]
            part.initialize(repeating: 0)
            guard let images, let gradient, let base = target.baseAddress else { return }
            ckpt_max_pool_gradient(
              images + start, gradient + samples.lowerBound * outputLength, window, samples.count,
              base + start)
          }
        }
      }
      count = length
    }
    return FloatTensor(elements, shape: images.shape)
  }
}
