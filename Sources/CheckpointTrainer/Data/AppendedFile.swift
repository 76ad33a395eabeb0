import CheckpointIO
import SystemPackage

/// A file that grows at its end, such as a log. What has been appended is in the system's hands, and
/// survives the process; `synchronize` makes it survive a power cut.
final class AppendedFile {
  let path: FilePath
  /// What has been appended, with what was there before.
  private(set) var sizeBytes: UInt64
  private let file: any File
  private let directory: any Directory

  /// Opens a file at its end.
  ///
  /// - Parameter opening: whether a new file is made, and what becomes of one that is there.
  /// - Throws: `.fileNotWritable`, naming path and reason.
  init(
    _ path: FilePath, _ opening: Opening, in fileSystem: any FileSystem = PosixFileSystem()
  ) throws(TrainerError) {
    self.path = path
    do {
      let path = PosixFileSystem.resolvingLinks(path)
      guard let name = path.lastComponent?.string else { throw Errno.isDirectory }
      let parent = path.removingLastComponent()
      directory = try fileSystem.openDirectory(parent.isEmpty ? "." : parent)
      // What crashes have left; it does no harm, and is in nobody's way if it can't be removed.
      _ = try? StaleTemporaries.remove(in: directory)
      switch opening {
      case .existing:
        file = try directory.open(name, .readWrite)
      case .new(let content):
        // Never there without its beginning, by which it is known.
        let new = try AtomicFile(in: directory)
        try content.withUnsafeBytes { try new.write($0, at: 0) }
        try new.commit(as: name, replacing: false)
        file = try directory.open(name, .readWrite)
      case .existingOrNew:
        file = try directory.open(name, .readWriteCreating)
        try directory.synchronize()
      case .emptied:
        // Replaced, not cut off: a crash leaves the old content or none.
        let empty = try AtomicFile(in: directory)
        try empty.commit(as: name, replacing: true)
        file = try directory.open(name, .readWrite)
      }
      sizeBytes = try file.status().sizeBytes
    } catch {
      throw TrainerError(.fileNotWritable, "\(path): can't be opened: \(error)", cause: error)
    }
  }

  /// What is there, or is not, when a file is opened.
  enum Opening {
    /// It must be there.
    case existing
    /// It must not be there; made with content.
    case new([UInt8])
    case existingOrNew
    /// What is there is replaced by an empty file.
    case emptied
  }

  deinit { file.close() }

  /// Appends all of the bytes, in one write if the system lets it.
  ///
  /// - Throws: `.fileNotWritable`; part of the bytes may be in the file then.
  func append(_ bytes: [UInt8]) throws(TrainerError) {
    do {
      try bytes.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
          done += try file.write(rest, at: sizeBytes + UInt64(done))
        }
      }
    } catch {
      throw TrainerError(.fileNotWritable, "\(path): can't be written: \(error)", cause: error)
    }
    sizeBytes += UInt64(bytes.count)
  }

  /// Cuts off what lies behind, durably.
  ///
  /// - Throws: `.fileNotWritable`.
  func cut(toBytes size: UInt64) throws(TrainerError) {
    guard size < sizeBytes else { return }
    do {
      try file.truncate(sizeBytes: size)
      try file.synchronize()
    } catch {
      throw TrainerError(.fileNotWritable, "\(path): can't be cut off: \(error)", cause: error)
    }
    sizeBytes = size
  }

  /// Waits until the disk has it.
  ///
  /// - Throws: `.fileNotWritable`; what was appended may be lost then.
  func synchronize() throws(TrainerError) {
    do {
      try file.synchronize()
    } catch {
      throw TrainerError(.fileNotWritable, "\(path): can't be written: \(error)", cause: error)
    }
  }

  /// Up to `count` bytes from an offset; fewer at the end of the file.
  ///
  /// - Throws: `.fileNotReadable`.
  func bytes(at offset: UInt64, count: Int) throws(TrainerError) -> [UInt8] {
    let left = offset < sizeBytes ? sizeBytes - offset : 0
    var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(max(count, 0)), left)))
    var done = 0
    do {
      try bytes.withUnsafeMutableBytes { buffer in
        while done < buffer.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
          let count = try file.read(into: rest, at: offset + UInt64(done))
          if count == 0 { break }
          done += count
        }
      }
    } catch {
      throw TrainerError(.fileNotReadable, "\(path): can't be read: \(error)", cause: error)
    }
    return Array(bytes.prefix(done))
  }
}
