import CheckpointTrainer

/// One axis of a convolution or of pooling, with Keras' rules for its positions written out once more.
struct AxisCase {
  var window: Int
  var stride: Int
  var dilation: Int
  var length: Int

  var reach: Int { (window - 1) * dilation + 1 }

  func count(_ padding: Padding) -> Int {
    switch padding {
    case .same: (length + stride - 1) / stride
    case .valid: length < reach ? 0 : (length - reach) / stride + 1
    }
  }

  /// The pixel under an element; nil if it is outside.
  func pixel(_ padding: Padding, position: Int, element: Int) -> Int? {
    let total =
      padding == .valid ? 0 : max((count(padding) - 1) * stride + reach - length, 0)
    let pixel = position * stride + element * dilation - total / 2
    return (0..<length).contains(pixel) ? pixel : nil
  }

  /// All small ones.
  static func all(windows: ClosedRange<Int>, strides: ClosedRange<Int>, dilations: ClosedRange<Int>)
    -> [AxisCase]
  {
    var cases: [AxisCase] = []
    for window in windows {
      for stride in strides {
        for dilation in dilations {
          for length in 1...6 {
            cases.append(
              AxisCase(window: window, stride: stride, dilation: dilation, length: length))
          }
        }
      }
    }
    return cases
  }
}

/// Two axes, a padding, and so many samples and channels.
struct WindowCase: CustomStringConvertible {
  var rows: AxisCase
  var columns: AxisCase
  var padding: Padding
  var samples: Int
  var channels: Int

  var description: String {
    "\(rows) \(columns) \(padding), \(samples) samples, \(channels) channels"
  }

  var imageShape: [Int] { [rows.length, columns.length, channels] }
  var outputShape: [Int] { [rows.count(padding), columns.count(padding)] }
  var fits: Bool { !outputShape.contains(0) }

  /// Calls `body` for each output position and each element of the window over a pixel, elements by
  /// rows, with the index of the pixel's first channel among a sample's numbers.
  func forEach(_ body: (_ position: Int, _ element: Int, _ pixel: Int) -> Void) {
    for i in 0..<outputShape[0] {
      for j in 0..<outputShape[1] {
        for y in 0..<rows.window {
          for x in 0..<columns.window {
            guard let row = rows.pixel(padding, position: i, element: y),
              let column = columns.pixel(padding, position: j, element: x)
            else { continue }
            body(
              i * outputShape[1] + j, y * columns.window + x,
              (row * columns.length + column) * channels)
          }
        }
      }
    }
  }

  /// All cases of one axis, each with several of the other, both paddings, 1 and 2 channels, and 1
  /// to 9 samples.
  static func combinations(of axes: [AxisCase]) -> [WindowCase] {
    var cases: [WindowCase] = []
    for (index, rows) in axes.enumerated() {
      for step in [1, 5, 11, 31] {
        let columns = axes[(index * step + step) % axes.count]
        for padding in Padding.allCases {
          for channels in 1...2 {
            cases.append(
              WindowCase(
                rows: rows, columns: columns, padding: padding, samples: 1 + cases.count % 9,
                channels: channels))
          }
        }
      }
    }
    return cases
  }
}
