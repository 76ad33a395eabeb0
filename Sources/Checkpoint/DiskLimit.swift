internal import CCheckpointShims
internal import CheckpointIO
internal import SystemPackage

/// What a disk does at best, for comparisons: nobody's format, no checksums.
package enum DiskLimit {
  /// Bytes of a write.
  private static let pieceBytes = 8 << 20

  /// How long it takes to bring `sizeBytes` bytes, a multiple of 8 MiB, to the disk: space reserved, large
  /// writes past the page cache, several at a time, one fsync. The file is gone afterwards.
  package static func writing(
    _ sizeBytes: UInt64, in directory: FilePath
  ) throws(CheckpointError) -> Duration {
    let memory = TouchedMemory(sizeBytes: pieceBytes)
    var generator = SystemRandomNumberGenerator()
    for place in stride(from: 0, to: pieceBytes, by: 8) {
      memory.bytes.storeBytes(of: generator.next(), toByteOffset: place, as: UInt64.self)
    }
    nonisolated(unsafe) let piece = UnsafeRawBufferPointer(memory.bytes)
    do throws(IOError) {
      let start = ContinuousClock.now
      let file = try AtomicFile(
        in: try PosixFileSystem().openDirectory(directory), expectedSizeBytes: sizeBytes)
      defer { file.discard() }
      try BlockingPool.shared.forEach(count: Int(sizeBytes) / pieceBytes) {
        (number) throws(IOError) in
        try file.write(piece, at: UInt64(number * pieceBytes), through: true)
      }
      try file.synchronize()
      let duration = ContinuousClock.now - start
      withExtendedLifetime(memory) {}
      return duration
    } catch {
      throw CheckpointError(error)
    }
  }

  /// How long it takes to read the first `memory.count` bytes of a file, a multiple of 8 MiB, to memory that is
  /// there, several reads at a time.
  /// - Parameter pastCache: by large direct reads from the disk; otherwise out of the page cache.
  package static func reading(
    _ path: FilePath, into memory: UnsafeMutableRawBufferPointer, pastCache: Bool
  ) throws(CheckpointError) -> Duration {
    let length = pastCache ? 4 << 20 : 1 << 20
    nonisolated(unsafe) let memory = memory
    do throws(IOError) {
      let name = path.lastComponent?.string ?? ""
      let parent = path.removingLastComponent()
      let file = try PosixFileSystem().openDirectory(parent.isEmpty ? "." : parent)
        .open(name, .read)
      let start = ContinuousClock.now
      try BlockingPool.shared.forEach(count: memory.count / length) { (number) throws(IOError) in
        let place = number * length
        var done = 0
        while done < length {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: memory[place + done..<place + length])
          var count: Int?
          if pastCache, done == 0 { count = try file.readPastCache(into: rest, at: UInt64(place)) }
          if count == nil { count = try file.read(into: rest, at: UInt64(place + done)) }
          guard let some = count, some > 0 else {
            throw IOError(.ioError, operation: "read (the file is shorter)", path: path)
          }
          done += some
        }
      }
      return ContinuousClock.now - start
    } catch {
      throw CheckpointError(error)
    }
  }

  /// How long it takes to read the first `sizeBytes` bytes of a file, a multiple of 8 MiB, out of the page cache to
  /// memory that the system has yet to give: in large pages where there are any, as tensors are.
  package static func reading(
    _ path: FilePath, toNewMemory sizeBytes: UInt64
  ) throws(CheckpointError) -> Duration {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(sizeBytes), alignment: 2 << 20)
    defer { memory.deallocate() }
    ckpt_memory_prefer_large_pages(memory.baseAddress, memory.count)
    return try reading(path, into: memory, pastCache: false)
  }

  /// How long the bare sequence of a durable save takes for `sizeBytes` bytes: write, fsync, rename, fsync of
  /// the directory. The file is gone afterwards.
  package static func publishing(
    _ sizeBytes: Int, in directory: FilePath
  ) throws(CheckpointError) -> Duration {
    let bytes = [UInt8](repeating: 0xA5, count: sizeBytes)
    let names = (TemporaryName.random(), TemporaryName.random())
    do throws(IOError) {
      let folder = try PosixFileSystem().openDirectory(directory)
      let start = ContinuousClock.now
      let file = try folder.open(names.0, .createExclusive)
      let result: Result<Void, IOError> = bytes.withUnsafeBytes { bytes in
        Result { () throws(IOError) in
          var written = 0
          while written < bytes.count {
            written += try file.write(
              UnsafeRawBufferPointer(rebasing: bytes[written...]), at: UInt64(written))
          }
        }
      }
      try result.get()
      try file.synchronize()
      try folder.rename(names.0, to: names.1, replacing: true)
      try folder.synchronize()
      let duration = ContinuousClock.now - start
      try folder.remove(names.1)
      return duration
    } catch {
      throw CheckpointError(error)
    }
  }
}
