import SystemPackage

/// A file that appears in its directory whole and durable, or not at all.
///
/// It is written under a temporary name, which its writer holds locked, and gets its own name by
/// `commit`. If it is let go without a commit, the temporary is removed.
///
/// ```swift
/// let file = try AtomicFile(in: directory, expectedSizeBytes: 4096)
/// try file.write(bytes, at: 0)
/// try file.commit(as: "00000012.ckpt", replacing: false)  // returns: it survives a power cut
/// ```
package final class AtomicFile: Sendable {
  private enum Phase {
    case writing
    /// A write failed: what the file holds is unknown, so that it can't be committed.
    case failed(IOError)
    /// Committed, discarded, or neither is known.
    case finished
  }

  private struct State {
    var phase = Phase.writing
    /// The size to publish: the end of the furthest write, or what `truncate` set.
    var sizeBytes: UInt64 = 0
    /// The size that the file has, which preallocation may have made larger.
    var reservedBytes: UInt64 = 0
  }

  /// The name it is written under.
  package let temporaryName: String
  let directory: any Directory
  let file: any File
  private let state: Locked<State>
  private let noted: NotedTemporary

  /// Makes the temporary, locks it and reserves its space.
  ///
  /// - Parameters:
  ///   - directory: Where the file will be published.
  ///   - expectedSizeBytes: How large it will be, if that is known: reserved beforehand, so that a
  ///     full disk shows now and not after minutes of writing. It may turn out smaller or larger.
  ///   - isBound: Whether that is how large it is at most, and having less space is no error yet.
  ///   - temporaryName: For tests; by default a random name that `StaleTemporaries` recognizes.
  /// - Throws: `IOError`, with code `.noSpace` if the space isn't there. No temporary is left then.
  package init(
    in directory: any Directory, expectedSizeBytes: UInt64? = nil, isBound: Bool = false,
    temporaryName: String? = nil
  ) throws(IOError) {
    let name: String
    (name, file) = try Self.makeTemporary(in: directory, name: temporaryName)
    self.directory = directory
    self.temporaryName = name
    noted = NotedTemporary(directory.path.appending(name))
    state = Locked(State())
    guard let expectedSizeBytes else { return }
    do throws(IOError) {
      if isBound, try expectedSizeBytes > directory.freeSpaceBytes() { return }
      try reserve(expectedSizeBytes)
    } catch {
      // ext4 keeps the blocks of a failed allocation for as long as the file is there.
      discard()
      throw error
    }
  }

  deinit { discard() }

  /// Writes all of `bytes` at `offset`. Threads may write distinct ranges at the same time.
  ///
  /// After an error the file can only be discarded: `commit` throws the error again.
  ///
  /// - Parameter through: whether to begin bringing the bytes to the disk now, past the page cache where
  ///   the file system can; offset, count and address must be multiples of 4096 then.
  package func write(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, through: Bool = false
  ) throws(IOError) {
    try requireWriting("write")
    guard !bytes.isEmpty else { return }
    var written = 0
    do throws(IOError) {
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let place = offset + UInt64(written)
        // After a short write what is left may begin anywhere.
        let isAligned = written % 4096 == 0
        let count =
          through && isAligned
          ? try file.writeThrough(rest, at: place) : try file.write(rest, at: place)
        guard count > 0 else {
          throw IOError(.ioError, operation: "write (0 bytes written)", path: path)
        }
        written += count
      }
    } catch {
      fail(error)
      throw error
    }
    let end = offset + UInt64(bytes.count)
    state.withLock { state in
      state.sizeBytes = max(state.sizeBytes, end)
      state.reservedBytes = max(state.reservedBytes, end)
    }
  }

  /// Makes a range share the blocks of a range of another file, which must not change while it does. Threads may
  /// write other ranges at the same time.
  /// - Returns: false where that can't be: the range must be written then.
  package func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError) -> Bool {
    try requireWriting("share blocks")
    do throws(IOError) {
      try file.shareBlocks(of: source, at: sourceOffset, count: count, to: offset)
    } catch {
      // Nothing is lost that writing the range won't make good, or meet again.
      return false
    }
    let end = offset + count
    state.withLock { state in
      state.sizeBytes = max(state.sizeBytes, end)
      state.reservedBytes = max(state.reservedBytes, end)
    }
    return true
  }

  /// Sets the size: cuts the file off, or extends it with zeros. No write may be under way.
  package func truncate(sizeBytes: UInt64) throws(IOError) {
    try requireWriting("truncate")
    // It would write the file out on xfs, and change the inode everywhere.
    let hasSize = state.withLock { $0.sizeBytes == sizeBytes && $0.reservedBytes == sizeBytes }
    guard !hasSize else { return }
    do throws(IOError) {
      try file.truncate(sizeBytes: sizeBytes)
    } catch {
      fail(error)
      throw error
    }
    state.withLock { state in
      state.sizeBytes = sizeBytes
      state.reservedBytes = sizeBytes
    }
  }

  /// Brings what has been written to the disk, without publishing it; for measurements. After an error the
  /// file can only be discarded.
  package func synchronize() throws(IOError) {
    try requireWriting("synchronize")
    do throws(IOError) {
      try file.synchronize()
    } catch {
      fail(error)
      throw error
    }
  }

  /// Publishes the file durably. When this returns, and not before, the file under `name` survives
  /// any crash. No write may be under way, and it can be called once. Waits for the disk three
  /// times.
  ///
  /// - Parameters:
  ///   - name: The name to appear under, in the same directory.
  ///   - replacing: Whether a file of that name is replaced; otherwise it is an error with the
  ///     outcome `.notSaved` and a cause with code `.exists`.
  package func commit(as name: String, replacing: Bool) throws(PublishError) {
    let end = state.withLock { state in
      let end = state
      state.phase = .finished
      return end
    }
    do throws(IOError) {
      switch end.phase {
      case .writing: break
      case .failed(let error): throw error
      case .finished: preconditionFailure("\(path) has been committed or discarded before")
      }
      if end.reservedBytes > end.sizeBytes { try file.truncate(sizeBytes: end.sizeBytes) }
      // Once, with no second try: an error means that the kernel has given up pages, and it tells
      // only once. A further fsync would succeed with the data lost.
      try file.synchronize()
    } catch {
      removeTemporary()
      throw PublishError(outcome: .notSaved, cause: error)
    }
    do throws(IOError) {
      try directory.rename(temporaryName, to: name, replacing: replacing)
    } catch {
      guard isRefusal(error, ofRenameTo: name) else {
        file.close()
        throw PublishError(outcome: .outcomeUnknown, cause: error)
      }
      removeTemporary()
      throw PublishError(outcome: .notSaved, cause: error)
    }
    defer { file.close() }
    do throws(IOError) {
      try directory.synchronize()
      // After a forced shutdown xfs lets the directory's fsync succeed although the rename is
      // gone. The file's fsync doesn't.
      try file.synchronize()
    } catch {
      throw PublishError(outcome: .outcomeUnknown, cause: error)
    }
  }

  /// Gives the file up and removes the temporary. After a commit, successful or not, does nothing.
  package func discard() {
    let isFirst = state.withLock { state in
      if case .finished = state.phase { return false }
      state.phase = .finished
      return true
    }
    if isFirst { removeTemporary() }
  }

  var path: FilePath { directory.path.appending(temporaryName) }

  private func reserve(_ sizeBytes: UInt64) throws(IOError) {
    let freeBytes = try directory.freeSpaceBytes()
    guard sizeBytes <= freeBytes else {
      throw IOError(
        .noSpace, operation: "reserve \(sizeBytes) bytes (\(freeBytes) are free)", path: path)
    }
    if try file.allocate(sizeBytes: sizeBytes) {
      state.withLock { $0.reservedBytes = sizeBytes }
    }
  }

  private func requireWriting(_ operation: String) throws(IOError) {
    try state.withLock { state throws(IOError) in
      switch state.phase {
      case .writing: return
      case .failed(let error): throw error
      case .finished: throw IOError(code: .closed, operation: operation, path: path)
      }
    }
  }

  private func fail(_ error: IOError) {
    state.withLock { state in
      if case .writing = state.phase { state.phase = .failed(error) }
    }
  }
}
