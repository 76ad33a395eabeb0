internal import CheckpointFormat
internal import CheckpointIO

extension CheckpointReader {
  /// Reads a tensor, verified.
  /// - Throws: `CheckpointError`: `notFound`, `checksumMismatch` and others for damage,
  ///   `limitExceeded`, `io`.
  public func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    let number = try number(of: name)
    let shape = container.index.shape(of: container.index.tensor(number))
    return try read(number: number, name: name, shape: shape, rows: nil)
  }

  /// Reads rows `rows` (indices of the first dimension) of a tensor, verified; costs the chunks
  /// they lie in.
  /// - Throws: as `tensor(_:)`; `mismatch` if there are no such rows.
  public func tensor(_ name: String, rows: Range<Int>) throws(CheckpointError) -> Tensor {
    let number = try number(of: name)
    var shape = container.index.shape(of: container.index.tensor(number))
    try checkRows(rows, shape: shape, name: name)
    shape[0] = rows.count
    return try read(number: number, name: name, shape: shape, rows: rows)
  }

  /// Reads a tensor as a Swift array, verified, without a copy.
  /// - Throws: as `tensor(_:)`; `mismatch` if the dtype is not that of `T`.
  public func elements<T: TensorElement>(
    _ name: String, as type: T.Type = T.self
  ) throws(CheckpointError) -> [T] {
    do throws(CheckpointError) {
      return try tensor(name).elements(as: type)
    } catch {
      throw error.about(name, in: path)
    }
  }

  /// Reads a tensor, or rows of it, into the caller's memory, verified. Allocates at most two
  /// chunks per thread.
  /// - Parameter buffer: exactly as many bytes as are read.
  /// - Throws: as `tensor(_:rows:)`; `mismatch` if the buffer has another size. The buffer's
  ///   content is undefined then.
  public func read(
    _ name: String, rows: Range<Int>? = nil, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let number = try number(of: name)
    let owner = owner(of: number)
    let range = try byteRange(of: owner, rows: rows, name: name)
    guard buffer.count == Int(range.upperBound - range.lowerBound) else {
      throw CheckpointError(
        .mismatch,
        "the buffer has \(buffer.count) bytes, the data \(range.upperBound - range.lowerBound)",
        path: path, item: name)
    }
    try chunks.read([
      ChunkSource.Request(name: name, tensor: owner, range: range, output: buffer)
    ])
  }

  /// Reads tensors into the caller's memory, verified, all at once: several small ones keep the disk as busy
  /// as a large one. Allocates at most two chunks and 4 MiB per thread.
  /// - Parameter buffers: for each name exactly as many bytes as the tensor has; aliases are followed.
  /// - Throws: as `tensor(_:)`; `mismatch` if a buffer has another size. The buffers' contents are undefined then.
  public func read(
    into buffers: [String: UnsafeMutableRawBufferPointer]
  ) throws(CheckpointError) {
    var requests: [ChunkSource.Request] = []
    requests.reserveCapacity(buffers.count)
    for (name, buffer) in buffers {
      let owner = owner(of: try number(of: name))
      guard UInt64(buffer.count) == owner.logicalBytes else {
        throw CheckpointError(
          .mismatch, "the buffer has \(buffer.count) bytes, the tensor \(owner.logicalBytes)",
          path: path, item: name)
      }
      requests.append(
        ChunkSource.Request(
          name: name, tensor: owner, range: 0..<owner.logicalBytes, output: buffer))
    }
    try chunks.read(requests)
  }

  /// Reads a tensor off the caller's thread.
  /// - Throws: as the method that blocks.
  public func tensor(_ name: String) async throws(CheckpointError) -> Tensor {
    try await BlockingPool.shared.run { () throws(CheckpointError) in try self.tensor(name) }
  }

  /// Reads everything, verified.
  /// - Throws: as `tensor(_:)`; `limitExceeded` if two names differ only in how they write the same
  ///   characters, which a dictionary can't hold.
  public func load() throws(CheckpointError) -> Checkpoint {
    let index = container.index
    var checkpoint = Checkpoint(summary)
    let documentCount = index.count(.documents)
    let blobCount = index.count(.blobs)
    let (total, overflow) = summary.logicalBytes.addingReportingOverflow(
      UInt64(index.range(.payload).count))
    try checkBudget(overflow ? .max : total, name: nil)
    for position in 0..<documentCount {
      let (name, value) = try document(at: position)
      checkpoint.documents[name] = value
    }
    for position in 0..<blobCount {
      checkpoint.blobs[index.contentName(.blobs, at: position)] = blobBytes(at: position)
    }
    var owners: [Int] = []
    for number in 0..<index.tensorCount {
      if let target = index.tensor(number).aliasTarget {
        checkpoint.aliases[index.tensorName(number)] = index.tensorName(target)
      } else {
        owners.append(number)
      }
    }
    for start in stride(from: 0, to: owners.count, by: Self.tensorsAtOnce) {
      try load(owners[start..<min(start + Self.tensorsAtOnce, owners.count)], into: &checkpoint)
    }
    guard checkpoint.tensors.count + checkpoint.aliases.count == index.tensorCount,
      checkpoint.documents.count == documentCount, checkpoint.blobs.count == blobCount
    else {
      throw CheckpointError(
        .limitExceeded, "two names differ only in their Unicode form; read them one by one",
        path: path)
    }
    return checkpoint
  }

  /// Reads everything off the caller's thread.
  /// - Throws: as the method that blocks.
  public func load() async throws(CheckpointError) -> Checkpoint {
    try await BlockingPool.shared.run { () throws(CheckpointError) in try self.load() }
  }

  // MARK: Internals

  /// Whose memory is held by nested closures while they are read.
  private static let tensorsAtOnce = 128

  private func load(
    _ numbers: ArraySlice<Int>, into checkpoint: inout Checkpoint
  ) throws(CheckpointError) {
    let records = numbers.map { container.index.tensor($0) }
    let names = numbers.map { container.index.tensorName($0) }
    for (name, record) in zip(names, records) { try checkBudget(record.logicalBytes, name: name) }
    let storages = try TensorMemory.storages(
      records.map { ($0.dtype, Int($0.logicalBytes)) }
    ) { (buffers) throws(CheckpointError) in
      try chunks.read(
        buffers.indices.map {
          ChunkSource.Request(
            name: names[$0], tensor: records[$0], range: 0..<records[$0].logicalBytes,
            output: buffers[$0])
        })
    }
    for (position, storage) in storages.enumerated() {
      checkpoint.tensors[names[position]] = Tensor(
        dtype: records[position].dtype, shape: container.index.shape(of: records[position]),
        storage: storage)
    }
  }

  private func read(
    number: Int, name: String, shape: [Int], rows: Range<Int>?
  ) throws(CheckpointError) -> Tensor {
    let owner = owner(of: number)
    let range = try byteRange(of: owner, rows: rows, name: name)
    let count = Int(range.upperBound - range.lowerBound)
    try checkBudget(UInt64(count), name: name)
    let storage = try TensorMemory.storage(dtype: owner.dtype, byteCount: count) {
      (buffer) throws(CheckpointError) in
      try self.chunks.read([
        ChunkSource.Request(name: name, tensor: owner, range: range, output: buffer)
      ])
    }
    return Tensor(dtype: owner.dtype, shape: shape, storage: storage)
  }

  private func byteRange(
    of record: TensorRecord, rows: Range<Int>?, name: String
  ) throws(CheckpointError) -> Range<UInt64> {
    guard let rows else { return 0..<record.logicalBytes }
    let shape = container.index.shape(of: record)
    try checkRows(rows, shape: shape, name: name)
    // Not from the other dimensions: with a 0 among them their product may be beyond Int.
    guard let rowCount = shape.first, rowCount > 0 else { return 0..<0 }
    let (rowBytes, rest) = record.logicalBytes.quotientAndRemainder(
      dividingBy: UInt64(rowCount))
    guard rest == 0 else {
      throw CheckpointError(
        .mismatch, "rows of \(record.dtype) of shape \(shape) don't begin at bytes",
        path: path, item: name)
    }
    return UInt64(rows.lowerBound) * rowBytes..<UInt64(rows.upperBound) * rowBytes
  }

  private func checkRows(
    _ rows: Range<Int>, shape: [Int], name: String
  ) throws(CheckpointError) {
    guard let count = shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
      throw CheckpointError(
        .mismatch, "rows \(rows) of a tensor of shape \(shape)", path: path, item: name)
    }
  }

  private func checkBudget(_ bytes: UInt64, name: String?) throws(CheckpointError) {
    let budget = limits.allocationBytes ?? max(1 << 30, fileSizeBytes.multipliedSaturating(by: 64))
    guard bytes <= budget else {
      throw CheckpointError(
        .limitExceeded, "\(bytes) bytes to allocate, out of a file of \(fileSizeBytes)",
        path: path, item: name, advice: "if that is right, raise ReadLimits.allocationBytes")
    }
  }
}

extension UInt64 {
  func multipliedSaturating(by factor: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}

extension CheckpointError {
  /// The same error, said of that item of that file.
  func about(_ item: String, in path: FilePath) -> CheckpointError {
    var error = self
    error.item = error.item ?? item
    error.path = error.path ?? path
    return error
  }
}
