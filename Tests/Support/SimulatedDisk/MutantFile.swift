package import CheckpointIO
import Synchronization

/// A file of a `MutantFileSystem`.
package final class MutantFile: File {
  private let base: any File
  private let mutation: Mutation
  private let synchronizationCount = Atomic(0)

  init(_ base: any File, _ mutation: Mutation) {
    self.base = base
    self.mutation = mutation
  }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    try base.read(into: buffer, at: offset)
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    try base.write(bytes, at: offset)
  }

  package func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError) {
    let source = (source as? MutantFile)?.base ?? source
    try base.shareBlocks(of: source, at: sourceOffset, count: count, to: offset)
  }

  package func synchronize() throws(IOError) {
    switch (mutation, synchronizationCount.add(1, ordering: .relaxed).newValue) {
    case (.noFileSynchronization, 1), (.noSecondFileSynchronization, 2...): return
    default: try base.synchronize()
    }
  }

  package func allocate(sizeBytes: UInt64) throws(IOError) -> Bool {
    try base.allocate(sizeBytes: sizeBytes)
  }

  package func truncate(sizeBytes: UInt64) throws(IOError) {
    try base.truncate(sizeBytes: sizeBytes)
  }

  package func status() throws(IOError) -> FileStatus { try base.status() }

  package func tryLock(_ kind: LockKind) throws(IOError) -> Bool { try base.tryLock(kind) }

  package func map() throws(IOError) -> MappedBytes { try base.map() }

  package func close() { base.close() }
}
