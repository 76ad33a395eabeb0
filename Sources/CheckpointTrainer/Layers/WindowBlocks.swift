import CCheckpointShims

/// What a window sees at its positions, copied to rows, a block of positions at a time.
struct WindowBlocks {
  /// Floats in a block's rows: small enough for the second cache, unless the matrix product would
  /// be too thin by then; and then never more than the limit (4 MiB).
  static let blockLength = 1 << 17
  static let blockLengthLimit = 1 << 20
  static let leastBlockRows = 192

  let window: ckpt_window
  /// Numbers under the window.
  let rowLength: Int

  /// Calls `body` with the positions of one block after the other, and what the window sees there:
  /// (positions, window · channels).
  func forEach(
    of images: UnsafePointer<Float>, samples: Range<Int>,
    _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let all =
      samples.lowerBound * window.positionCount..<samples.upperBound * window.positionCount
    let wanted = max(WindowBlocks.blockLength / rowLength, WindowBlocks.leastBlockRows)
    let blockRows = max(1, min(wanted, WindowBlocks.blockLengthLimit / rowLength, all.count))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: blockRows * rowLength) { rows in
      guard let rows = rows.baseAddress else { return }
      for start in stride(from: all.lowerBound, to: all.upperBound, by: blockRows) {
        let positions = start..<min(start + blockRows, all.upperBound)
        ckpt_columns_gather(images, window, start, positions.count, rows)
        body(positions, rows)
      }
    }
  }
}
