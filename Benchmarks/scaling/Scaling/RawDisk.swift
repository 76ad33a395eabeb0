import CScaling
import Foundation

/// What the disk does at best: nobody's format, no checksums.
struct RawDisk {
  /// Bytes of one transfer.
  static let pieceBytes = 8 << 20

  /// One for each thread: in large pages, each of which is one piece for the disk's driver, and there beforehand.
  private nonisolated(unsafe) static let memory = (0..<2).map { _ in
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: pieceBytes, alignment: 2 << 20)
    scaling_prefer_large_pages(memory.baseAddress, memory.count)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
    return memory
  }

  /// The file that is written and read.
  let path: String

  /// Writes `sizeBytes` bytes, a multiple of 4096: space reserved, past the page cache where the
  /// file system can, two writes at a time, one fsync.
  func write(_ sizeBytes: Int) throws {
    let file = try open(O_WRONLY | O_CREAT | O_TRUNC, direct: true)
    defer { close(file) }
    guard posix_fallocate(file, 0, off_t(sizeBytes)) == 0 else { throw POSIXError(.ENOSPC) }
    try inPieces(sizeBytes) { pwrite(file, $0.baseAddress, $0.count, $1) }
    guard fsync(file) == 0 else { throw failure() }
  }

  /// Reads that much of the file, two reads at a time; past the page cache, or else into it.
  func read(_ sizeBytes: Int, direct: Bool = true) throws {
    let file = try open(O_RDONLY, direct: direct)
    defer { close(file) }
    try inPieces(sizeBytes) { pread(file, $0.baseAddress, $0.count, $1) }
  }

  /// Has the system forget what it holds of the file in memory.
  func forgetCached() throws {
    let file = try open(O_RDONLY, direct: false)
    defer { close(file) }
    guard posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0 else { throw failure() }
  }

  private func open(_ flags: Int32, direct: Bool) throws -> Int32 {
    var file: Int32 = -1
    if direct { file = Glibc.open(path, flags | scaling_direct_flag() | O_CLOEXEC, 0o644) }
    // Some file systems have no direct access.
    if file < 0 { file = Glibc.open(path, flags | O_CLOEXEC, 0o644) }
    guard file >= 0 else { throw failure() }
    return file
  }

  /// Two threads take turns at the pieces.
  private func inPieces(
    _ sizeBytes: Int, _ transfer: @Sendable (UnsafeMutableRawBufferPointer, off_t) -> Int
  ) throws {
    let count = (sizeBytes + RawDisk.pieceBytes - 1) / RawDisk.pieceBytes
    let done = UnsafeMutablePointer<Int>.allocate(capacity: 2)
    done.initialize(repeating: 0, count: 2)
    defer { done.deallocate() }
    nonisolated(unsafe) let counts = done
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      let memory = RawDisk.memory[thread]
      for piece in stride(from: thread, to: count, by: 2) {
        let start = piece * RawDisk.pieceBytes
        let length = min(RawDisk.pieceBytes, sizeBytes - start)
        let part = UnsafeMutableRawBufferPointer(rebasing: memory[..<length])
        if transfer(part, off_t(start)) == length { counts[thread] += 1 }
      }
    }
    guard done[0] + done[1] == count else { throw failure() }
  }

  private func failure() -> POSIXError {
    POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
  }
}
