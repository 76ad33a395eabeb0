import CCheckpointShims
import Synchronization

/// Convolutions as matrix products: what the window sees at each position becomes a row ("im2col"), and
/// the rows are multiplied with the kernel as a matrix (window · channels, filters).
///
/// Rows are made for a block of positions at a time, which stays in the cache; a large convolution
/// takes no more memory than a small one. Samples are shared out among threads, and sums over samples
/// are made in an order that depends on sizes alone.
struct Convolution: Sendable {
  /// Floats in a block's rows: small enough for the second cache, unless the matrix product would
  /// be too thin by then; and then never more than the limit (4 MiB).
  static let blockLength = 1 << 17
  static let blockLengthLimit = 1 << 20
  static let leastBlockRows = 192

  let window: ckpt_window
  let filters: Int
  let lanes: SampleLanes

  init(window: ckpt_window, filters: Int, sampleCount: Int) {
    self.window = window
    self.filters = filters
    lanes = SampleLanes(sampleCount: sampleCount)
  }

  /// Length of a row: numbers under the window.
  var rowLength: Int { window.window_height * window.window_width * window.channels }

  /// Positions over all samples.
  var positionCount: Int { lanes.sampleCount * window.positionCount }

  /// The products with the kernel, (samples, rows, columns, filters).
  ///
  /// - Parameter finish: what is done to them while they are in the cache, (positions, filters).
  func outputs(
    of images: FloatTensor, kernel: FloatTensor, finish: @Sendable (inout FloatTensor) -> Void
  ) -> FloatTensor {
    let matrix = kernel.reshaped(to: [rowLength, filters])
    let length = positionCount * filters
    let elements = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      nonisolated(unsafe) let outputs = buffer
      lanes.forEach(operations: positionCount * rowLength) { _, samples in
        forEachBlock(of: images, samples: samples) { positions, rows in
          var product = rows.matrixProduct(matrix)
          finish(&product)
          let start = positions.lowerBound * filters
          _ = outputs[start..<start + product.elements.count].initialize(
            fromContentsOf: product.elements)
        }
      }
      count = length
    }
    return FloatTensor(
      elements, shape: [lanes.sampleCount, window.out_height, window.out_width, filters])
  }

  /// The gradients with respect to kernel, bias, and if wanted images.
  ///
  /// - Parameter gradient: the one with respect to the outputs at these positions,
  ///   (positions, filters).
  func gradients(
    images: FloatTensor, kernel: FloatTensor, wantsImages: Bool,
    gradient: @Sendable (Range<Int>) -> FloatTensor
  ) -> (kernel: FloatTensor, bias: FloatTensor, images: FloatTensor?) {
    let matrix = kernel.reshaped(to: [rowLength, filters])
    let sums = Mutex(
      [(kernel: FloatTensor, bias: FloatTensor)?](repeating: nil, count: lanes.count))
    let length = wantsImages ? lanes.sampleCount * window.imageLength : 0
    let imageGradient = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      nonisolated(unsafe) let imageGradient = buffer
      lanes.forEach(operations: positionCount * rowLength) { lane, samples in
        var kernelSum = FloatTensor(repeating: 0, shape: [rowLength, filters])
        var biasSum = FloatTensor(repeating: 0, shape: [filters])
        if wantsImages {
          imageGradient[
            samples.lowerBound * window.imageLength..<samples.upperBound * window.imageLength
          ].initialize(repeating: 0)
        }
        forEachBlock(of: images, samples: samples) { positions, rows in
          let inner = gradient(positions)
          kernelSum.add(rows.transposedMatrixProduct(inner))
          biasSum.add(inner.columnSums)
          guard wantsImages, let target = imageGradient.baseAddress else { return }
          inner.matrixProduct(transposing: matrix).elements.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            ckpt_columns_scatter(rows, window, positions.lowerBound, positions.count, target)
          }
        }
        let sum = (kernelSum, biasSum)
        sums.withLock { $0[lane] = sum }
      }
      count = length
    }
    var kernelSum = FloatTensor(repeating: 0, shape: kernel.shape)
    var biasSum = FloatTensor(repeating: 0, shape: [filters])
    for case let sum? in sums.withLock({ $0 }) {
      kernelSum.add(sum.kernel.reshaped(to: kernel.shape))
      biasSum.add(sum.bias)
    }
    return (
      kernelSum, biasSum, wantsImages ? FloatTensor(imageGradient, shape: images.shape) : nil
    )
  }

  /// Calls `body` with the positions of one block after the other, and what the window sees there:
  /// (positions, window · channels).
  private func forEachBlock(
    of images: FloatTensor, samples: Range<Int>, _ body: (Range<Int>, FloatTensor) -> Void
  ) {
    let all =
      samples.lowerBound * window.positionCount..<samples.upperBound * window.positionCount
    let wanted = max(Convolution.blockLength / rowLength, Convolution.leastBlockRows)
    let blockRows = max(1, min(wanted, Convolution.blockLengthLimit / rowLength, all.count))
    var rows = FloatTensor(repeating: 0, shape: [blockRows, rowLength])
    for start in stride(from: all.lowerBound, to: all.upperBound, by: blockRows) {
      let positions = start..<min(start + blockRows, all.upperBound)
      if positions.count < blockRows {
        rows = FloatTensor(repeating: 0, shape: [positions.count, rowLength])
      }
      rows.withUnsafeMutableElements { target in
        images.elements.withUnsafeBufferPointer { images in
          guard let target = target.baseAddress, let images = images.baseAddress else { return }
          ckpt_columns_gather(images, window, start, positions.count, target)
        }
      }
      body(positions, rows)
    }
  }
}
