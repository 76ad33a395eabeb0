import CCheckpointShims

/// A convolution's gradients over some samples of a batch, summed up sample after sample.
struct ConvolutionGradients {
  private let convolution: Convolution
  private let images: UnsafePointer<Float>
  /// For a direct convolution with the gradient for images: turned.
  private let kernel: UnsafePointer<Float>
  /// The gradient with respect to all images of the batch, to be written; nil if nobody wants it.
  private let target: UnsafeMutablePointer<Float>?
  /// (window · channels, filters)
  private(set) var kernelSum: FloatTensor
  /// (filters)
  private(set) var biasSum: FloatTensor

  init(
    _ convolution: Convolution, images: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    target: UnsafeMutablePointer<Float>?
  ) {
    self.convolution = convolution
    self.images = images
    self.kernel = kernel
    self.target = target
    kernelSum = FloatTensor(repeating: 0, shape: [convolution.rowLength, convolution.filters])
    biasSum = FloatTensor(repeating: 0, shape: [convolution.filters])
  }

  private var window: ckpt_window { convolution.window }
  private var filters: Int { convolution.filters }

  /// Adds the gradients over `samples`.
  mutating func add(_ samples: Range<Int>, gradient: Convolution.Gradient) {
    if convolution.isDirect {
      addDirectly(samples, gradient: gradient)
    } else {
      addByBlocks(samples, gradient: gradient)
    }
  }

  private mutating func addDirectly(_ samples: Range<Int>, gradient: Convolution.Gradient) {
    let (window, filters, images, kernel) = (window, filters, images, kernel)
    let length = ckpt_convolution_gradient_count(window, filters)
    let scratchLength = ckpt_convolution_scratch(window)
    var memory = [Float](repeating: 0, count: length + scratchLength)
    memory.withUnsafeMutableBufferPointer { memory in
      guard let inner = memory.baseAddress else { return }
      let scratch = inner + length
      for sample in samples {
        let position = sample * window.positionCount
        // Between the rows stand zeros, which nobody overwrites.
        for row in 0..<window.out_height {
          let first = position + row * window.out_width
          gradient(
            first..<first + window.out_width,
            inner + ckpt_convolution_gradient_row(window, filters, row))
        }
        let image = sample * window.imageLength
        kernelSum.withUnsafeMutableElements { sums in
          ckpt_convolution_kernel_gradient(
            images + image, window, inner, filters, scratch, sums.baseAddress)
        }
        addBias(UnsafePointer(inner), positions: length / filters)
        if let target {
          ckpt_convolution_image_gradient(
            inner, window, kernel, filters, scratch, target + image)
        }
      }
    }
  }

  private mutating func addByBlocks(_ samples: Range<Int>, gradient: Convolution.Gradient) {
    let (window, filters, images, kernel) = (window, filters, images, kernel)
    let rowLength = convolution.rowLength
    if let target {
      (target + samples.lowerBound * window.imageLength)
        .initialize(repeating: 0, count: samples.count * window.imageLength)
    }
    var inner: [Float] = []
    WindowBlocks(window: window, rowLength: rowLength).forEach(of: images, samples: samples) {
      positions, rows in
      if inner.count < positions.count * filters {
        inner = [Float](repeating: 0, count: positions.count * filters)
      }
      inner.withUnsafeMutableBufferPointer { inner in
        guard let inner = inner.baseAddress else { return }
        gradient(positions, inner)
        kernelSum.withUnsafeMutableElements { sums in
          guard let sums = sums.baseAddress else { return }
          ckpt_matrix_multiply_add(
            rows, true, inner, false, sums, rowLength, filters, positions.count)
        }
        addBias(UnsafePointer(inner), positions: positions.count)
        guard let target else { return }
        // In place of what the window saw.
        ckpt_matrix_multiply(
          inner, false, kernel, true, rows, positions.count, rowLength, filters)
        ckpt_columns_scatter(rows, window, positions.lowerBound, positions.count, target)
      }
    }
  }

  private mutating func addBias(_ gradient: UnsafePointer<Float>, positions: Int) {
    let filters = filters
    withUnsafeTemporaryAllocation(of: Float.self, capacity: filters) { sums in
      guard let sums = sums.baseAddress else { return }
      ckpt_columns_sum(gradient, positions, filters, sums)
      biasSum.withUnsafeMutableElements { total in
        guard let total = total.baseAddress else { return }
        ckpt_rows_add(total, sums, 1, filters)
      }
    }
  }
}
