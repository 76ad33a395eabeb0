package import CheckpointIO
import SystemPackage

/// An open file of a `SimulatedDisk`.
package final class SimulatedFile: File {
  private let disk: SimulatedDisk
  private let node: NodeID
  private let handle: Int
  private let path: FilePath

  init(disk: SimulatedDisk, node: NodeID, handle: Int, path: FilePath) {
    self.disk = disk
    self.node = node
    self.handle = handle
    self.path = path
  }

  deinit { close() }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(IOError) -> Int {
    try disk.look("read", path, handle: handle) { state in
      let start = Int(clamping: offset)
      return state.model.contents[node]?.read(into: buffer, at: start) ?? 0
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) -> Int {
    guard !bytes.isEmpty else { return 0 }
    return try disk.perform(.write, path, handle: handle) { state, limitBytes throws(IOError) in
      let count = min(bytes.count, limitBytes)
      let start = Int(clamping: offset)
      try state.requireSpace(node, sizeBytes: start + count, operation: "write", path: path)
      let written = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      state.model.contents[node]?.write(written, at: start)
      return count
    }
  }

  /// Like xfs and btrfs, whole pages only. It is the bytes of now that are shared, and writing to either file
  /// later leaves the other one alone: a copy that takes no space.
  package func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError) {
    guard let source = source as? SimulatedFile, source.disk === disk else {
      throw IOError(.improperLink, operation: "share", path: path)
    }
    try disk.perform(.share, path, handle: handle) { state, limitBytes throws(IOError) in
      guard state.sharesBlocks else {
        throw IOError(.notSupported, operation: "share", path: path)
      }
      let page = UInt64(disk.pageSizeBytes)
      let size = UInt64(state.model.contents[source.node]?.sizeBytes ?? 0)
      guard sourceOffset % page == 0, offset % page == 0, count % page == 0, count > 0,
        sourceOffset <= size, count <= size - sourceOffset
      else { throw IOError(.invalidArgument, operation: "share", path: path) }
      let shared = min(Int(count), limitBytes)
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: shared, alignment: 1)
      defer { bytes.deallocate() }
      _ = state.model.contents[source.node]?.read(into: bytes, at: Int(sourceOffset))
      state.model.contents[node]?.write(UnsafeRawBufferPointer(bytes), at: Int(offset))
      state.sharedBytes += shared
      guard shared == Int(count) else {
        throw IOError(.ioError, operation: "share", path: path)
      }
    }
  }

  package func synchronize() throws(IOError) {
    try disk.perform(.synchronizeFile, path, handle: handle) { state, _ in
      state.model.contents[node]?.synchronize()
    }
  }

  package func allocate(sizeBytes: UInt64) throws(IOError) -> Bool {
    let size = Int(clamping: sizeBytes)
    do throws(IOError) {
      try disk.perform(.allocate, path, handle: handle) { state, _ throws(IOError) in
        try state.requireSpace(node, sizeBytes: size, operation: "allocate", path: path)
        state.model.contents[node]?.allocate(sizeBytes: size)
      }
      return true
    } catch {
      guard error.code == .notSupported else { throw error }
      return false
    }
  }

  package func truncate(sizeBytes: UInt64) throws(IOError) {
    try disk.perform(.truncate, path, handle: handle) { state, _ in
      state.model.contents[node]?.truncate(sizeBytes: Int(clamping: sizeBytes))
    }
  }

  package func status() throws(IOError) -> FileStatus {
    try disk.look("stat", path, handle: handle) { $0.model.status(of: node) }
  }

  package func tryLock(_ kind: LockKind) throws(IOError) -> Bool {
    try disk.look("flock", path, handle: handle) { state in
      var holders = state.locks[node] ?? [:]
      holders[handle] = nil  // one's own lock is no obstacle: it is changed
      let isFree = kind == .shared ? !holders.values.contains(.exclusive) : holders.isEmpty
      if isFree { state.locks[node, default: [:]][handle] = kind }
      return isFree
    }
  }

  /// A copy: what is written later doesn't show.
  package func map() throws(IOError) -> MappedBytes {
    try disk.look("mmap", path, handle: handle) { state in
      let content = state.model.contents[node]
      let copy = UnsafeMutableRawBufferPointer.allocate(
        byteCount: content?.sizeBytes ?? 0, alignment: 4096)
      _ = content?.read(into: copy, at: 0)
      return MappedBytes(UnsafeRawBufferPointer(copy)) { $0.deallocate() }
    }
  }

  package func close() {
    disk.state.withLock { $0.close(handle) }
  }
}
