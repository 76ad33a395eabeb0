#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The shapes of the digits: polylines in the unit square, x to the right, y downwards.
enum DigitStrokes {
  /// A point of a stroke.
  struct Point: Sendable, Hashable {
    var x: Float
    var y: Float
  }

  /// A line drawn without lifting the pen.
  typealias Stroke = [Point]

  /// For each digit the ways in which people write it.
  static let variants: [[[Stroke]]] = [
    // 0: round, narrow
    [[arc(0.5, 0.5, 0.5, 0.5, from: 0, to: 1)], [arc(0.5, 0.5, 0.33, 0.5, from: 0, to: 1)]],
    // 1: a bar, with an upstroke, with a foot too
    [
      [line(0.5, 0, 0.5, 1)],
      [line(0.25, 0.28, 0.55, 0, 0.55, 1)],
      [line(0.25, 0.28, 0.55, 0, 0.55, 1), line(0.25, 1, 0.85, 1)],
    ],
    // 2: flat foot, looped foot
    [
      [arc(0.5, 0.3, 0.45, 0.3, from: -0.5, to: 0.1) + line(0.05, 1, 0.98, 1)],
      [
        arc(0.5, 0.28, 0.4, 0.28, from: -0.5, to: 0.12) + line(0.1, 0.95, 0.3, 0.82, 0.6, 1, 1, 0.9)
      ],
    ],
    // 3: round, with a flat top
    [
      [
        arc(0.45, 0.26, 0.42, 0.26, from: -0.4, to: 0.25),
        arc(0.45, 0.75, 0.5, 0.25, from: -0.25, to: 0.42),
      ],
      [line(0.1, 0, 0.9, 0, 0.45, 0.42), arc(0.45, 0.71, 0.48, 0.29, from: -0.25, to: 0.42)],
    ],
    // 4: closed, open
    [
      [line(0.7, 1, 0.7, 0, 0.02, 0.68, 1, 0.68)],
      [line(0.2, 0, 0.1, 0.55, 0.95, 0.55), line(0.72, 0.15, 0.68, 1)],
    ],
    // 5
    [
      [line(0.9, 0, 0.2, 0, 0.12, 0.45) + arc(0.45, 0.68, 0.47, 0.32, from: -0.3, to: 0.4)],
      [
        line(0.15, 0.05, 0.12, 0.45) + arc(0.42, 0.7, 0.45, 0.3, from: -0.3, to: 0.36),
        line(0.15, 0.04, 0.9, 0),
      ],
    ],
    // 6: curved, straight
    [
      [
        arc(0.85, 0.6, 0.8, 0.6, from: -0.25, to: -0.5)
          + arc(0.5, 0.7, 0.45, 0.3, from: -0.5, to: 0.5)
      ],
      [line(0.7, 0, 0.12, 0.62) + arc(0.5, 0.7, 0.42, 0.3, from: -0.5, to: 0.5)],
    ],
    // 7: plain, with a bar
    [
      [line(0.02, 0, 0.98, 0, 0.4, 1)],
      [line(0.02, 0, 0.95, 0.02, 0.4, 1), line(0.25, 0.5, 0.9, 0.48)],
    ],
    // 8
    [
      [arc(0.5, 0.25, 0.36, 0.25, from: 0, to: 1), arc(0.5, 0.74, 0.46, 0.26, from: 0, to: 1)],
      [
        line(0.85, 0.1, 0.15, 0.75) + arc(0.5, 0.78, 0.38, 0.22, from: 0.5, to: 0)
          + line(0.15, 0.22)
          + arc(0.5, 0.2, 0.38, 0.2, from: -0.5, to: 0)
      ],
    ],
    // 9: straight, curved
    [
      [arc(0.48, 0.3, 0.43, 0.3, from: 0, to: 1) + line(0.88, 1)],
      [arc(0.48, 0.3, 0.43, 0.3, from: 0, to: 1) + arc(0.15, 0.4, 0.78, 0.6, from: 0, to: 0.25)],
    ],
  ]

  /// A polyline through points given as x, y, x, y …
  private static func line(_ coordinates: Float...) -> Stroke {
    stride(from: 0, to: coordinates.count - 1, by: 2).map {
      Point(x: coordinates[$0], y: coordinates[$0 + 1])
    }
  }

  /// Part of an ellipse. Angles in turns: 0 is to the right, 0.25 down, -0.25 up.
  private static func arc(
    _ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float, from start: Float, to end: Float
  ) -> Stroke {
    let count = max(3, Int((abs(end - start) * 16).rounded()))
    return (0...count).map { step in
      let angle = 2 * Float.pi * (start + (end - start) * Float(step) / Float(count))
      return Point(x: x + radiusX * cosf(angle), y: y + radiusY * sinf(angle))
    }
  }
}
