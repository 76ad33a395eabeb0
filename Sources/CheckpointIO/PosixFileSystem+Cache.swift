package import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension PosixFileSystem {
  /// Has the system hold all of a file in memory, for measurements.
  package static func cache(_ path: FilePath) throws(IOError) {
    guard let name = path.lastComponent?.string else { return }
    let parent = path.removingLastComponent()
    let file = try PosixFileSystem().openDirectory(parent.isEmpty ? "." : parent).open(name, .read)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { memory.deallocate() }
    var offset: UInt64 = 0
    while case let count = try file.read(into: memory, at: offset), count > 0 {
      offset += UInt64(count)
    }
  }

  /// Has the system forget what it holds of a file in memory, for measurements.
  /// - Returns: whether that is possible here; false for a file that can't be opened, too.
  package static func forgetCached(_ path: FilePath) -> Bool {
    #if os(Linux)
      let file = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
      guard file >= 0 else { return false }
      defer { _ = close(file) }
      return posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0
    #else
      return false
    #endif
  }
}
