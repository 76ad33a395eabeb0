internal import CheckpointIO

/// As many `ChunkWorker`s as there are threads that read chunks at the same time, each used again.
struct ChunkWorkers: Sendable {
  private let idle = Locked<[ChunkWorker]>([])

  /// Runs `body` with a worker that nobody else has meanwhile.
  func withWorker<R, E: Error>(_ body: (ChunkWorker) throws(E) -> R) throws(E) -> R {
    let worker = idle.withLock { $0.popLast() } ?? ChunkWorker()
    defer { idle.withLock { $0.append(worker) } }
    return try body(worker)
  }
}
