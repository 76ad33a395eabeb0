package import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a whole file.
///
/// - Throws: `.fileNotReadable`, naming path and reason; also for files over `limitBytes`.
package func readFile(
  _ path: FilePath, limitBytes: Int = 1 << 34
) throws(TrainerError) -> [UInt8] {
  do {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    return try file.closeAfter {
      var bytes: [UInt8] = []
      // The size is a hint only: pipes have none, and files grow.
      if let size = try? file.seek(offset: 0, from: .end), size >= 0, size <= limitBytes {
        _ = try file.seek(offset: 0, from: .start)
        bytes.reserveCapacity(Int(size) + 1)
      }
      while true {
        let used = bytes.count
        let room = max(bytes.capacity - used, 1 << 16)
        bytes.append(contentsOf: repeatElement(0, count: room))
        let count = try bytes.withUnsafeMutableBytes { buffer in
          try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[used...]))
        }
        bytes.removeLast(room - count)
        if count == 0 { return bytes }
        guard bytes.count <= limitBytes else {
          throw TrainerError(.fileNotReadable, "\(path): larger than \(limitBytes) bytes")
        }
      }
    }
  } catch let error as TrainerError {
    throw error
  } catch {
    throw TrainerError(.fileNotReadable, "\(path): can't be read: \(error)", cause: error)
  }
}

/// Writes a whole file: aside first, then renamed, so that no half-written file has the name.
/// Nothing is synchronized: for files that can be made again, not for checkpoints.
///
/// - Throws: `.fileNotWritable`, naming path and reason.
package func writeFile(_ bytes: [UInt8], to path: FilePath) throws(TrainerError) {
  var aside = path
  aside.removeLastComponent()
  aside.append((path.lastComponent?.string ?? "") + ".partial")
  do {
    let file = try FileDescriptor.open(
      aside, .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    _ = try file.closeAfter { try file.writeAll(bytes) }
    let renamed = aside.withPlatformString { from in path.withPlatformString { rename(from, $0) } }
    guard renamed == 0 else { throw Errno(rawValue: errno) }
  } catch {
    _ = aside.withPlatformString { unlink($0) }
    throw TrainerError(.fileNotWritable, "\(path): can't be written: \(error)", cause: error)
  }
}

/// Makes a directory; one that is there already is fine. The directory above must exist.
///
/// - Throws: `.fileNotWritable`, naming path and reason.
package func makeDirectory(_ path: FilePath) throws(TrainerError) {
  guard path.withPlatformString({ mkdir($0, 0o777) }) != 0, errno != EEXIST else { return }
  throw TrainerError(
    .fileNotWritable, "\(path): can't make the directory: \(Errno(rawValue: errno))")
}

/// Whether something is at `path`.
package func fileExists(_ path: FilePath) -> Bool {
  path.withPlatformString { access($0, F_OK) } == 0
}
