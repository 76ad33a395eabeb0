internal import CheckpointFormat
internal import CheckpointIO

/// Where a writer gets tensors' bytes from.
protocol TensorDataSource {
  /// How many bytes to ask for at a time.
  var batchBytes: Int { get }

  /// Hands bytes of chunks to `body`, all at the same time: now, or while the caller goes on.
  /// - Parameter requests: tensor and byte range of each, in file order, none twice over all calls.
  func withChunks(
    _ requests: [ChunkRequest],
    _ body: @escaping @Sendable ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError)

  /// Waits until `body` is called no more.
  /// - Throws: what it threw.
  func finish() throws(CheckpointError)
}

/// A part of a tensor.
struct ChunkRequest: Sendable {
  var tensor: TensorDeclaration
  var range: Range<Int>
  /// Whether it shares pages with its neighbours.
  var isPacked: Bool
}

/// Tensors in memory: nothing is copied.
struct MemoryDataSource: TensorDataSource {
  let tensors: [String: Tensor]
  /// They are there anyhow; so many that the threads seldom wait for the last one.
  let batchBytes = 512 << 20

  func withChunks(
    _ requests: [ChunkRequest],
    _ body: @escaping @Sendable ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try collect(requests[...], [], body)
  }

  func finish() throws(CheckpointError) {}

  /// Holds one tensor's bytes after the other, by recursion, until all are there.
  private func collect(
    _ requests: ArraySlice<ChunkRequest>, _ chunks: [UnsafeRawBufferPointer],
    _ body: ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard let first = requests.first else { return try body(chunks) }
    guard let tensor = tensors[first.tensor.name] else {
      throw CheckpointError(.notFound, "the tensor is gone", item: first.tensor.name)
    }
    try tensor.withUnsafeBytes { (bytes) throws(CheckpointError) in
      // All that lie in this tensor need only this one step.
      let run = requests.prefix { $0.tensor.name == first.tensor.name }
      try collect(
        requests.dropFirst(run.count),
        chunks + run.map { UnsafeRawBufferPointer(rebasing: bytes[$0.range]) }, body)
    }
  }
}

/// Tensors that are produced as they are written: one batch of chunks is written while the next one is produced.
final class ProducedDataSource: TensorDataSource {
  typealias Fill = (String, Range<Int>, UnsafeMutableRawBufferPointer) throws(CheckpointError) ->
    Void

  let batchBytes = 16 << 20
  private let fill: Fill
  private var memory: [UnsafeMutableRawBufferPointer] = []
  /// Which memory is free.
  private var turn = 0
  private let pending = PendingJob<CheckpointError>()

  init(fill: @escaping Fill) {
    self.fill = fill
  }

  deinit {
    pending.wait()
    for part in memory { part.deallocate() }
  }

  func withChunks(
    _ requests: [ChunkRequest],
    _ body: @escaping @Sendable ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let free = freeMemory(requests.reduce(0) { $0 + $1.range.count })
    var chunks: [UnsafeRawBufferPointer] = []
    var start = 0
    for request in requests {
      let chunk = UnsafeMutableRawBufferPointer(
        rebasing: free[start..<start + request.range.count])
      // The memory may hold what another tensor left there.
      chunk.initializeMemory(as: UInt8.self, repeating: 0)
      try fill(request.tensor.name, request.range, chunk)
      chunks.append(UnsafeRawBufferPointer(chunk))
      start += request.range.count
    }
    try finish()
    nonisolated(unsafe) let batch = chunks
    pending.start { () throws(CheckpointError) in try body(batch) }
    turn = 1 - turn
  }

  func finish() throws(CheckpointError) {
    if let error = pending.wait() { throw error }
  }

  private func freeMemory(_ count: Int) -> UnsafeMutableRawBufferPointer {
    while memory.count <= turn {
      memory.append(.allocate(byteCount: max(count, batchBytes), alignment: 4096))
    }
    if memory[turn].count < count {
      memory[turn].deallocate()
      memory[turn] = .allocate(byteCount: count, alignment: 4096)
    }
    return memory[turn]
  }
}
