internal import CheckpointFormat

/// Where a writer gets tensors' bytes from.
protocol TensorDataSource {
  /// How many bytes to ask for at a time.
  var batchBytes: Int { get }

  /// Hands bytes of chunks to `body`, all at the same time.
  /// - Parameter requests: tensor and byte range of each, in file order, none twice over all calls.
  func withChunks(
    _ requests: [ChunkRequest],
    _ body: ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError)
}

/// A part of a tensor.
struct ChunkRequest {
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
    _ body: ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try collect(requests[...], [], body)
  }

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

/// Tensors that are produced as they are written: one batch of chunks in memory.
final class ProducedDataSource: TensorDataSource {
  typealias Fill = (String, Range<Int>, UnsafeMutableRawBufferPointer) throws(CheckpointError) ->
    Void

  let batchBytes = 16 << 20
  private let fill: Fill
  private var memory: [UInt8] = []

  init(fill: @escaping Fill) {
    self.fill = fill
  }

  func withChunks(
    _ requests: [ChunkRequest],
    _ body: ([UnsafeRawBufferPointer]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let total = requests.reduce(0) { $0 + $1.range.count }
    if memory.count < total { memory = [UInt8](repeating: 0, count: total) }
    let result: Result<Void, CheckpointError> = memory.withUnsafeMutableBytes { memory in
      Result { () throws(CheckpointError) in
        var chunks: [UnsafeRawBufferPointer] = []
        var start = 0
        for request in requests {
          let chunk = UnsafeMutableRawBufferPointer(
            rebasing: memory[start..<start + request.range.count])
          // The memory may hold what another tensor left there.
          chunk.initializeMemory(as: UInt8.self, repeating: 0)
          try fill(request.tensor.name, request.range, chunk)
          chunks.append(UnsafeRawBufferPointer(chunk))
          start += request.range.count
        }
        try body(chunks)
      }
    }
    try result.get()
  }
}
