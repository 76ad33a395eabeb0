import CCheckpointShims

/// A window that slides over images: what convolution and pooling have in common.
struct SlidingWindow: Sendable, Hashable {
  var vertical: WindowAxis
  var horizontal: WindowAxis
  var padding: Padding

  init(
    size: (Int, Int), strides: (Int, Int), dilation: (Int, Int) = (1, 1), padding: Padding
  ) {
    vertical = WindowAxis(length: size.0, stride: strides.0, dilation: dilation.0)
    horizontal = WindowAxis(length: size.1, stride: strides.1, dilation: dilation.1)
    self.padding = padding
  }

  /// The window over images of the shape (height, width, channels).
  ///
  /// - Throws: `.shapeMismatch`, naming the layer, if the images have another number of axes or the
  ///   window has no place in them.
  func placed(
    over imageShape: [Int], in layer: some Layer
  ) throws(TrainerError) -> ckpt_window {
    guard imageShape.count == 3, imageShape.allSatisfy({ $0 > 0 }) else {
      throw layer.shapeError(
        "takes images of the shape [height, width, channels], not inputs of the shape \(imageShape)"
      )
    }
    guard let window = placed(over: imageShape) else {
      let reach = vertical.dilation == 1 && horizontal.dilation == 1 ? "" : ", dilated,"
      throw layer.shapeError(
        "has a window of \(vertical.length) × \(horizontal.length)\(reach) that has no place in "
          + "images of the shape \(imageShape): use a smaller one, or padding 'same'")
    }
    return window
  }

  /// The window over images of the shape (height, width, channels); nil if it has no place there.
  func placed(over imageShape: [Int]) -> ckpt_window? {
    guard imageShape.count == 3, imageShape[2] > 0,
      let rows = vertical.placement(over: imageShape[0], padding: padding),
      let columns = horizontal.placement(over: imageShape[1], padding: padding)
    else { return nil }
    return ckpt_window(
      height: imageShape[0], width: imageShape[1], channels: imageShape[2],
      out_height: rows.count, out_width: columns.count,
      window_height: vertical.length, window_width: horizontal.length,
      stride_y: vertical.stride, stride_x: horizontal.stride,
      dilation_y: vertical.dilation, dilation_x: horizontal.dilation,
      before_y: rows.before, before_x: columns.before)
  }
}

extension ckpt_window {
  /// Positions over one image.
  var positionCount: Int { out_height * out_width }

  /// Numbers in one image.
  var imageLength: Int { height * width * channels }
}
