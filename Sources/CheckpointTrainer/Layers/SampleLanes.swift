/// The samples of a batch, divided among threads in a way that depends on their number alone: what is
/// summed up lane by lane has the same bits however many threads there are.
struct SampleLanes: Sendable {
  /// More lanes would use more threads, and take more memory for sums.
  static let most = 8

  let sampleCount: Int

  /// How many lanes there are: none without samples.
  var count: Int { min(SampleLanes.most, sampleCount) }

  /// The samples of a lane.
  func samples(ofLane lane: Int) -> Range<Int> {
    sampleCount * lane / count..<sampleCount * (lane + 1) / count
  }

  /// Calls `body` for each lane with its samples, on several threads if that is worth it.
  ///
  /// - Parameter operations: about how many additions or copies there are to do in all.
  func forEach(operations: Int, _ body: @Sendable (_ lane: Int, _ samples: Range<Int>) -> Void) {
    guard operations > 1 << 16 else {
      for lane in 0..<count { body(lane, samples(ofLane: lane)) }
      return
    }
    ParallelThreads.forEach(count: count) { lane in body(lane, samples(ofLane: lane)) }
  }
}
