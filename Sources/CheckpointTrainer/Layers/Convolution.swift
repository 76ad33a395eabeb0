import CCheckpointShims
import Synchronization

/// Convolutions as matrix products, of the samples of a batch.
///
/// Where the window moves by one pixel and has no gaps, products take their rows from the image
/// (`convolution_direct.c`). Elsewhere what the window sees at each position is copied to a row
/// first ("im2col"), for a block of positions at a time, which stays in the cache; a large
/// convolution takes no more memory than a small one. Samples are shared out among threads, and sums
/// over samples are made in an order that depends on sizes alone.
struct Convolution: Sendable {
  /// Fills the memory with the gradient with respect to the outputs at positions, (positions, filters).
  typealias Gradient = @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void

  let window: ckpt_window
  let filters: Int
  let lanes: SampleLanes
  let isDirect: Bool

  init(window: ckpt_window, filters: Int, sampleCount: Int) {
    self.window = window
    self.filters = filters
    lanes = SampleLanes(sampleCount: sampleCount)
    isDirect = ckpt_convolution_is_direct(window, filters)
  }

  /// Length of a row: numbers under the window.
  var rowLength: Int { window.window_height * window.window_width * window.channels }

  /// Positions over all samples.
  var positionCount: Int { lanes.sampleCount * window.positionCount }

  /// About how many additions there are.
  private var operations: Int { positionCount * rowLength }

  /// The products with the kernel, (samples, rows, columns, filters).
  ///
  /// - Parameter finish: what is done to them while they are in the cache: outputs, how many positions.
  func outputs(
    of images: FloatTensor, kernel: FloatTensor,
    finish: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  ) -> FloatTensor {
    let length = positionCount * filters
    let elements = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      images.elements.withUnsafeBufferPointer { images in
        kernel.elements.withUnsafeBufferPointer { kernel in
          guard let outputs = buffer.baseAddress, let images = images.baseAddress,
            let kernel = kernel.baseAddress
          else { return }
          nonisolated(unsafe) let operands = (images: images, kernel: kernel, outputs: outputs)
          lanes.forEach(operations: operations) { _, samples in
            forEachPart(of: operands.images, samples: samples, kernel: operands.kernel) {
              positions, product in
              let target = operands.outputs + positions.lowerBound * filters
              product(target)
              finish(target, positions.count)
            }
          }
        }
      }
      count = length
    }
    return FloatTensor(
      elements, shape: [lanes.sampleCount, window.out_height, window.out_width, filters])
  }

  /// The gradients with respect to kernel, bias, and if wanted images.
  ///
  /// - Parameter gradient: the one with respect to the outputs.
  func gradients(
    images: FloatTensor, kernel: FloatTensor, wantsImages: Bool, gradient: Gradient
  ) -> (kernel: FloatTensor, bias: FloatTensor, images: FloatTensor?) {
    let sums = Mutex(
      [(kernel: FloatTensor, bias: FloatTensor)?](repeating: nil, count: lanes.count))
    let length = wantsImages ? lanes.sampleCount * window.imageLength : 0
    let turned = isDirect && wantsImages ? turnedKernel(kernel) : kernel
    let imageGradient = [Float](unsafeUninitializedCapacity: length) { buffer, count in
      images.elements.withUnsafeBufferPointer { images in
        turned.elements.withUnsafeBufferPointer { kernel in
          guard let images = images.baseAddress, let kernel = kernel.baseAddress else { return }
          nonisolated(unsafe) let operands = (
            images: images, kernel: kernel, target: wantsImages ? buffer.baseAddress : nil
          )
          lanes.forEach(operations: operations) { lane, samples in
            var part = ConvolutionGradients(
              self, images: operands.images, kernel: operands.kernel, target: operands.target)
            part.add(samples, gradient: gradient)
            let sum = (part.kernelSum, part.biasSum)
            sums.withLock { $0[lane] = sum }
          }
        }
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

  private func turnedKernel(_ kernel: FloatTensor) -> FloatTensor {
    var turned = kernel
    turned.withUnsafeMutableElements { turned in
      kernel.elements.withUnsafeBufferPointer { kernel in
        guard let kernel = kernel.baseAddress, let turned = turned.baseAddress else { return }
        ckpt_convolution_turn_kernel(kernel, window, filters, turned)
      }
    }
    return turned
  }

  /// Calls `body` with the positions of one part after the other, and what computes the outputs there.
  private func forEachPart(
    of images: UnsafePointer<Float>, samples: Range<Int>, kernel: UnsafePointer<Float>,
    _ body: (Range<Int>, (UnsafeMutablePointer<Float>) -> Void) -> Void
  ) {
    guard isDirect else {
      let blocks = WindowBlocks(window: window, rowLength: rowLength)
      blocks.forEach(of: images, samples: samples) { positions, rows in
        body(positions) { outputs in
          ckpt_matrix_multiply(
            rows, false, kernel, false, outputs, positions.count, filters, rowLength)
        }
      }
      return
    }
    withUnsafeTemporaryAllocation(
      of: Float.self, capacity: ckpt_convolution_scratch(window)
    ) { scratch in
      for sample in samples {
        let start = sample * window.positionCount
        body(start..<start + window.positionCount) { outputs in
          ckpt_convolution_outputs(
            images + sample * window.imageLength, window, kernel, filters, scratch.baseAddress,
            outputs)
        }
      }
    }
  }
}
