/// Measures durations.
enum Stopwatch {
  /// How many seconds `body` takes.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// How many seconds `body` takes, again and again: `least` times at least, and more until a fifth of a second
  /// is over or it was done 200 times. A first time, which warms up, is not counted.
  static func repeated(least: Int = 5, _ body: () throws -> Void) rethrows -> [Double] {
    try body()
    var seconds: [Double] = []
    var total = 0.0
    while seconds.count < least || (total < 0.2 && seconds.count < 200) {
      seconds.append(try self.seconds(body))
      total += seconds.last ?? 0
    }
    return seconds
  }
}
