internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

/// Reads a container's chunks, verified, from several threads at once.
final class ChunkSource: Sendable {
  let container: ContainerFile
  private let idle = Locked<[Worker]>([])

  /// One thread's decoder and memory: at most two chunks. Unchecked, because a worker that is in
  /// use is not in the list: one thread has it at a time.
  private final class Worker: @unchecked Sendable {
    let decoder = ChunkDecoder()
    var stored: [UInt8] = []
    var logical: [UInt8] = []
  }

  init(_ container: ContainerFile) {
    self.container = container
  }

  /// Reads bytes `range` of a tensor into `output`, which is as long, on the pool's threads.
  func read(
    _ record: TensorRecord, _ range: Range<UInt64>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    precondition(output.count == Int(range.upperBound - range.lowerBound))
    guard !range.isEmpty else { return }
    let chunkSize = UInt64(container.index.chunkSizeBytes)
    let first = Int(range.lowerBound / chunkSize)
    let last = Int((range.upperBound - 1) / chunkSize)
    nonisolated(unsafe) let output = output
    try parallel(count: last - first + 1) { (number) throws(CheckpointError) in
      let chunk = first + number
      let start = UInt64(chunk) * chunkSize
      let end = min(start + chunkSize, record.logicalBytes)
      let wanted = max(start, range.lowerBound)..<min(end, range.upperBound)
      let target = UnsafeMutableRawBufferPointer(
        rebasing: output[
          Int(wanted.lowerBound - range.lowerBound)..<Int(wanted.upperBound - range.lowerBound)])
      let number = record.chunks.lowerBound + chunk
      if wanted == start..<end {
        try self.read(chunk: number, dtype: record.dtype, into: target)
      } else {
        try self.withChunk(number, dtype: record.dtype) { bytes in
          target.copyMemory(
            from: UnsafeRawBufferPointer(
              rebasing: bytes[Int(wanted.lowerBound - start)..<Int(wanted.upperBound - start)]))
        }
      }
    }
  }

  /// Reads one whole chunk into `output`, verified.
  func read(
    chunk number: Int, dtype: DType, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let record = container.index.chunk(number)
    if record.transform == ChunkTransform.none.rawValue, record.codec == ChunkCodec.raw.rawValue {
      try container.read(into: output, at: record.offset)
      try checked { () throws(FormatError) in
        try ChunkDecoder.checkRaw(UnsafeRawBufferPointer(output), record: record)
      }
      return
    }
    try withWorker { (worker) throws(CheckpointError) in
      try self.decode(record, dtype: dtype, into: output, worker: worker)
    }
  }

  /// Hands one whole chunk, verified, to `body`.
  func withChunk(
    _ number: Int, dtype: DType, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    let record = container.index.chunk(number)
    try withWorker { (worker) throws(CheckpointError) in
      if worker.logical.count < Int(record.logicalBytes) {
        worker.logical = [UInt8](repeating: 0, count: Int(record.logicalBytes))
      }
      let result: Result<Void, CheckpointError> = worker.logical.withUnsafeMutableBytes { all in
        Result { () throws(CheckpointError) in
          let logical = UnsafeMutableRawBufferPointer(rebasing: all[0..<Int(record.logicalBytes)])
          try self.decode(record, dtype: dtype, into: logical, worker: worker)
          body(UnsafeRawBufferPointer(logical))
        }
      }
      try result.get()
    }
  }

  private func decode(
    _ record: ChunkRecord, dtype: DType, into output: UnsafeMutableRawBufferPointer, worker: Worker
  ) throws(CheckpointError) {
    let length = Int(record.storedBytes)
    if worker.stored.count < length { worker.stored = [UInt8](repeating: 0, count: length) }
    let result: Result<Void, CheckpointError> = worker.stored.withUnsafeMutableBytes { all in
      Result { () throws(CheckpointError) in
        let stored = UnsafeMutableRawBufferPointer(rebasing: all[0..<length])
        try self.container.read(into: stored, at: record.offset)
        try self.checked { () throws(FormatError) in
          try worker.decoder.decode(
            UnsafeRawBufferPointer(stored), record: record, dtype: dtype, into: output)
        }
      }
    }
    try result.get()
  }

  private func withWorker(_ body: (Worker) throws(CheckpointError) -> Void) throws(CheckpointError)
  {
    let worker = idle.withLock { $0.popLast() } ?? Worker()
    defer { idle.withLock { $0.append(worker) } }
    try body(worker)
  }

  private func checked(_ body: () throws(FormatError) -> Void) throws(CheckpointError) {
    do throws(FormatError) {
      try body()
    } catch {
      throw CheckpointError(error, path: container.path)
    }
  }
}

/// Runs `body` for 0 to `count - 1` on the pool's threads, the caller's among them; the first error ends it.
func parallel(
  count: Int, _ body: @Sendable (Int) throws(CheckpointError) -> Void
) throws(CheckpointError) {
  if count == 1 { return try body(0) }
  try BlockingPool.shared.forEach(count: count, body)
}
