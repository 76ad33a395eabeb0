package import CheckpointIO
internal import SystemPackage

/// A file that is only an array: bytes can be flipped under a reader, many thousand times a second.
/// Not for use by several threads while it is changed.
package final class MemoryFile: File, @unchecked Sendable {
  private var bytes: [UInt8]
  private var visibleCount: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    visibleCount = bytes.count
  }

  package var count: Int { bytes.count }

  /// Flips the bits of `mask`.
  package func flip(_ mask: UInt8, at offset: Int) { bytes[offset] ^= mask }

  /// Cuts the file off, for readers only; `bytes.count` makes it whole again.
  package func show(_ count: Int) { visibleCount = count }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    guard offset < UInt64(visibleCount) else { return 0 }
    let start = Int(offset)
    let length = min(buffer.count, visibleCount - start)
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + length]))
    }
    return length
  }

  package func status() throws(IOError) -> FileStatus {
    FileStatus(
      kind: .regular, sizeBytes: UInt64(visibleCount), device: 1, inode: 1, modifiedNanoseconds: 0)
  }

  package func tryLock(_ kind: LockKind) throws(IOError) -> Bool { true }
  package func close() {}

  // Readers do nothing of what follows.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    throw unsupported("write")
  }
  package func synchronize() throws(IOError) { throw unsupported("synchronize") }
  package func allocate(sizeBytes: UInt64) throws(IOError) -> Bool { false }
  package func truncate(sizeBytes: UInt64) throws(IOError) { throw unsupported("truncate") }
  package func map() throws(IOError) -> MappedBytes { throw unsupported("map") }

  private func unsupported(_ operation: String) -> IOError {
    IOError(code: .notSupported, operation: operation, path: "memory")
  }
}
