import SystemPackage

/// A file on a real disk.
package final class PosixFile: File {
  private let path: FilePath
  private let descriptor: OpenDescriptor

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

  package func synchronize() throws(IOError) {
    try descriptor.use("fsync", path) { file throws(IOError) in
      try SystemCall.synchronize(file, path: path)
    }
  }

  package func allocate(sizeBytes: UInt64) throws(IOError) -> Bool {
    try descriptor.use("fallocate", path) { file throws(IOError) in
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
  }
}
