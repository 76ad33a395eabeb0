internal import CheckpointTrainer

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Ends this process with SIGKILL at a random moment of one of its saves: what the demonstration
/// survives. A thread of its own pulls the trigger, since the saving one is busy.
final class SelfKill: Sendable {
  private let save: Int
  private nonisolated(unsafe) var count = 0
  private nonisolated(unsafe) var beganSeconds = 0.0
  private nonisolated(unsafe) var shortestSeconds = 1.0

  init(inSave save: Int) {
    self.save = save
  }

  /// Called on the training's thread only.
  func heard(_ event: ModelCheckpoint.SaveEvent) {
    switch event {
    case .begins:
      count += 1
      beganSeconds = Console.monotonicSeconds()
      if count == save { startTimer() }
    case .ended:
      shortestSeconds = min(shortestSeconds, Console.monotonicSeconds() - beganSeconds)
      // The save was quicker than the timer: this, too, is a moment to die at.
      if count == save { kill(getpid(), SIGKILL) }
    }
  }

  /// A moment within the time that the quickest save so far has taken, or within 2 ms.
  private func startTimer() {
    let microseconds = UInt.random(in: 0...UInt(min(shortestSeconds, 0.002) * 1e6))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    pthread_create(
      &thread, nil,
      { context in
        #if canImport(Darwin)
          usleep(UInt32(UInt(bitPattern: context)))
        #else
          usleep(UInt32(UInt(bitPattern: context ?? UnsafeMutableRawPointer(bitPattern: 1))))
        #endif
        kill(getpid(), SIGKILL)
        return nil
      }, UnsafeMutableRawPointer(bitPattern: max(1, microseconds)))
  }
}
