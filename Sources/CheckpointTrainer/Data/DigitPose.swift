#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How one drawn digit lies in its image: a random affine map from the unit square of the strokes
/// to pixels, and a random displacement of every point, as in handwriting.
struct DigitPose {
  private var xx: Float
  private var xy: Float
  private var yx: Float
  private var yy: Float
  private var centre: DigitStrokes.Point
  private var jitterLimit: Float

  /// Turns by up to 0.25 radians (14°), slants by up to 0.25, takes 38 to 78 % of the side, and
  /// shifts as far as the digit stays mostly inside.
  init(random generator: inout RandomGenerator, sideLength: Float) {
    let angle = generator.uniform(in: -0.25..<0.25)
    let slant = generator.uniform(in: -0.25..<0.25)
    let width = sideLength * generator.uniform(in: 0.38..<0.66)
    let height = sideLength * generator.uniform(in: 0.5..<0.78)
    let (c, s) = (cosf(angle), sinf(angle))
    // Scale, then slant, then turn.
    xx = c * width
    xy = (c * slant - s) * height
    yx = s * width
    yy = (s * slant + c) * height
    let shift: Range<Float> = -0.09 * sideLength..<0.09 * sideLength
    centre = DigitStrokes.Point(
      x: sideLength / 2 + generator.uniform(in: shift),
      y: sideLength / 2 + generator.uniform(in: shift))
    jitterLimit = sideLength * 0.028
  }

  /// The pixel coordinates of a point of a stroke.
  func place(
    _ point: DigitStrokes.Point, jitter generator: inout RandomGenerator
  ) -> DigitStrokes.Point {
    let (u, v) = (point.x - 0.5, point.y - 0.5)
    return DigitStrokes.Point(
      x: centre.x + xx * u + xy * v + generator.uniform(in: -jitterLimit..<jitterLimit),
      y: centre.y + yx * u + yy * v + generator.uniform(in: -jitterLimit..<jitterLimit))
  }
}
