import CCheckpointShims
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system calls, one wrapper each; nowhere else is `errno` read or EINTR retried.
///
/// `path` is evaluated on failure only; it is for the message.
enum SystemCall {
  /// The most that one `read` or `write` is asked to move: Linux moves less than 2 GiB at a time,
  /// Apple's systems refuse more.
  static let transferLimitBytes = 1 << 30

  /// Runs `call` until a signal no longer interrupts it.
  static func retry<N: SignedInteger>(
    _ operation: StaticString, _ path: () -> FilePath, _ call: () -> N
  ) throws(IOError) -> N {
    while true {
      let result = call()
      if result != -1 { return result }
      let error = Errno(rawValue: errno)
      if error == .interrupted { continue }
      throw IOError(error, operation: "\(operation)", path: path())
    }
  }

  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64,
    path: @autoclosure () -> FilePath
  ) throws(IOError) -> Int {
    let position = try checked(offset, "read", path)
    let count = min(buffer.count, transferLimitBytes)
    return try retry("read", path) { pread(descriptor, buffer.baseAddress, count, position) }
  }

  static func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: UInt64,
    path: @autoclosure () -> FilePath
  ) throws(IOError) -> Int {
    let position = try checked(offset, "write", path)
    let count = min(bytes.count, transferLimitBytes)
    return try retry("write", path) { pwrite(descriptor, bytes.baseAddress, count, position) }
  }

  /// A second descriptor, for what the first one is for, that goes past the page cache; nil where there can't be one.
  static func openDirect(_ descriptor: Int32) -> Int32? {
    let direct = ckpt_open_direct(descriptor)
    return direct == -1 ? nil : direct
  }

  /// Makes a file's bytes or a directory's names durable, the drive's cache included.
  ///
  /// The one call that is not retried, even after EINTR: the kernel reports a failed write-back to
  /// one fsync only, and an fsync that answers EINTR may have been the one. A second call would
  /// then succeed with the data gone.
  static func synchronize(
    _ descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    #if canImport(Darwin)
      // fsync leaves the data in the drive's cache there. Where F_FULLFSYNC isn't supported, that
      // is an error for the user to know of, not a reason to do less in silence.
      let result = fcntl(descriptor, F_FULLFSYNC)
      let operation = "fcntl(F_FULLFSYNC)"
    #else
      let result = fsync(descriptor)
      let operation = "fsync"
    #endif
    guard result == -1 else { return }
    throw IOError(Errno(rawValue: errno), operation: operation, path: path())
  }

  /// False where the file system can't reserve space.
  static func allocate(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) -> Bool {
    do {
      _ = try retry("fallocate", path) { ckpt_allocate(descriptor, sizeBytes) }
      return true
    } catch {
      guard error.code == .notSupported else { throw error }
      return false
    }
  }

  static func truncate(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) {
    let size = try checked(sizeBytes, "ftruncate", path)
    _ = try retry("ftruncate", path) { ftruncate(descriptor, size) }
  }

  static func status(
    _ descriptor: Int32, path: @autoclosure () -> FilePath
  ) throws(IOError) -> FileStatus {
    var status = ckpt_status()
    _ = try retry("fstat", path) { ckpt_file_status(descriptor, &status) }
    return FileStatus(status)
  }

  /// Never waits; false if another open file description has the lock.
  static func tryLock(
    _ descriptor: Int32, _ kind: LockKind, path: @autoclosure () -> FilePath
  ) throws(IOError) -> Bool {
    let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
    do {
      _ = try retry("flock", path) { flock(descriptor, operation) }
      return true
    } catch {
      guard error.errno == .wouldBlock else { throw error }
      return false
    }
  }

  /// Not retried after EINTR: the descriptor is gone then too, and the number may be another's.
  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  /// The whole file, read-only; no mapping if it is empty, which the system can't map.
  static func map(
    _ descriptor: Int32, sizeBytes: UInt64, path: @autoclosure () -> FilePath
  ) throws(IOError) -> MappedBytes {
    guard sizeBytes > 0 else {
      return MappedBytes(UnsafeRawBufferPointer(start: nil, count: 0)) { _ in }
    }
    guard let count = Int(exactly: sizeBytes) else {
      throw IOError(.fileTooLarge, operation: "mmap", path: path())
    }
    let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = mapping, address != MAP_FAILED else {
      throw IOError(Errno(rawValue: errno), operation: "mmap", path: path())
    }
    return MappedBytes(UnsafeRawBufferPointer(start: address, count: count)) { buffer in
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }
  }

  /// Sleeps about so long; a signal may end it early.
  static func pause(seconds: Double) {
    let whole = seconds.rounded(.down)
    var duration = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    nanosleep(&duration, nil)
  }

  private static func checked(
    _ offset: UInt64, _ operation: StaticString, _ path: () -> FilePath
  ) throws(IOError) -> off_t {
    guard let position = off_t(exactly: offset) else {
      throw IOError(.fileTooLarge, operation: "\(operation)", path: path())
    }
    return position
  }
}

extension FileStatus {
  init(_ raw: ckpt_status) {
    self.init(
      kind: raw.is_regular != 0 ? .regular : raw.is_directory != 0 ? .directory : .other,
      sizeBytes: raw.size, device: raw.device, inode: raw.inode,
      modifiedNanoseconds: raw.modified_nanoseconds)
  }
}
