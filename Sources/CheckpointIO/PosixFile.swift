import CCheckpointShims
import SystemPackage

/// A file on a real disk.
package final class PosixFile: File {
  let path: FilePath
  let descriptor: OpenDescriptor
  /// For writing or reading past the page cache, once that has been asked for.
  private let direct = Locked(DirectAccess.unknown)

  private enum DirectAccess {
    case unknown
    case impossible
    case open(OpenDescriptor)
  }

  /// Takes over `descriptor`; `path` is for messages.
  init(descriptor: Int32, path: FilePath) {
    self.path = path
    self.descriptor = OpenDescriptor(descriptor)
  }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    try descriptor.use("read", path) { file throws(IOError) in
      try SystemCall.read(file, into: buffer, at: offset, path: path)
    }
  }

  package func readPastCache(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int? {
    let cached = try descriptor.use("cachestat", path) { file throws(IOError) in
      ckpt_cached_bytes(file, offset, UInt64(buffer.count))
    }
    // Where nobody can tell, what is in the cache would be read from the disk again and again.
    guard cached >= 0, cached < buffer.count / 2,
      let direct = try directDescriptor()
    else { return nil }
    do throws(IOError) {
      return try direct.use("read", path) { file throws(IOError) in
        try SystemCall.read(file, into: buffer, at: offset, path: path)
      }
    } catch {
      guard error.errno == .invalidArgument else { throw error }
      self.direct.withLock { $0 = .impossible }
      return nil
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    guard !bytes.isEmpty else { return 0 }
    let count = try descriptor.use("write", path) { file throws(IOError) in
      try SystemCall.write(file, bytes, at: offset, path: path)
    }
    guard count > 0 else {
      // POSIX allows it and a loop that goes on would never end.
      throw IOError(.ioError, operation: "write (0 bytes written)", path: path)
    }
    return count
  }

  package func writeThrough(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    if let direct = try directDescriptor() {
      do throws(IOError) {
        return try direct.use("write", path) { file throws(IOError) in
          try SystemCall.write(file, bytes, at: offset, path: path)
        }
      } catch {
        // Some file systems refuse when it comes to writing, or for other alignments than 4096.
        guard error.errno == .invalidArgument else { throw error }
        self.direct.withLock { $0 = .impossible }
      }
    }
    let count = try write(bytes, at: offset)
    try descriptor.use("sync_file_range", path) { file throws(IOError) in
      // Its errors are fsync's to tell.
      ckpt_start_writing(file, offset, UInt64(count))
    }
    return count
  }

  private func directDescriptor() throws(IOError)
    -> OpenDescriptor?
  {
    try descriptor.use("open", path) { file throws(IOError) in
      direct.withLock { direct in
        switch direct {
        case .open(let descriptor): return descriptor
        case .impossible: return nil
        case .unknown:
          guard let new = SystemCall.openDirect(file) else {
            direct = .impossible
            return nil
          }
          let descriptor = OpenDescriptor(new)
          direct = .open(descriptor)
          return descriptor
        }
      }
    }
  }

  package func synchronize() throws(IOError) {
    try descriptor.use("fsync", path) { file throws(IOError) in
      try SystemCall.synchronize(file, path: path)
    }
  }

  /// Reserving what one fsync writes anyway would only add a change of the file to the file system's journal.
  private static let leastAllocatedBytes: UInt64 = 1 << 20

  package func allocate(sizeBytes: UInt64) throws(IOError) -> Bool {
    guard sizeBytes >= Self.leastAllocatedBytes else { return false }
    return try descriptor.use("fallocate", path) { file throws(IOError) in
      try SystemCall.allocate(file, sizeBytes: sizeBytes, path: path)
    }
  }

  package func truncate(sizeBytes: UInt64) throws(IOError) {
    try descriptor.use("ftruncate", path) { file throws(IOError) in
      try SystemCall.truncate(file, sizeBytes: sizeBytes, path: path)
    }
  }

  package func status() throws(IOError) -> FileStatus {
    try descriptor.use("fstat", path) { file throws(IOError) in
      try SystemCall.status(file, path: path)
    }
  }

  package func tryLock(_ kind: LockKind) throws(IOError) -> Bool {
    try descriptor.use("flock", path) { file throws(IOError) in
      try SystemCall.tryLock(file, kind, path: path)
    }
  }

  package func map() throws(IOError) -> MappedBytes {
    try descriptor.use("mmap", path) { file throws(IOError) in
      let sizeBytes = try SystemCall.status(file, path: path).sizeBytes
      return try SystemCall.map(file, sizeBytes: sizeBytes, path: path)
    }
  }

  package func close() {
    descriptor.close()
    direct.withLock { direct in
      if case .open(let descriptor) = direct { descriptor.close() }
      direct = .impossible
    }
  }
}
