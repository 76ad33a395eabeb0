import CheckpointIO
package import SystemPackage

/// The bytes of a whole file.
///
/// - Throws: `.fileNotReadable`, naming path and reason; also for files over `limitBytes`.
package func readFile(
  _ path: FilePath, limitBytes: UInt64 = 1 << 34
) throws(TrainerError) -> [UInt8] {
  do {
    let (directory, name) = try opened(PosixFileSystem.resolvingLinks(path))
    let file = try directory.open(name, .read)
    defer { file.close() }
    let size = try file.status().sizeBytes
    guard size <= limitBytes else {
      throw TrainerError(
        .fileNotReadable, "\(path): \(size) bytes, more than the limit of \(limitBytes)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    var done = 0
    try bytes.withUnsafeMutableBytes { buffer in
      while done < buffer.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        let count = try file.read(into: rest, at: UInt64(done))
        if count == 0 { break }
        done += count
      }
    }
    guard done == bytes.count else {
      throw TrainerError(.fileNotReadable, "\(path): cut off at byte \(done) while it was read")
    }
    return bytes
  } catch let error as TrainerError {
    throw error
  } catch {
    throw TrainerError(.fileNotReadable, "\(path): can't be read: \(error)", cause: error)
  }
}

/// Writes a whole file, durably, replacing what is there: no half-written file ever has the name.
///
/// - Throws: `.fileNotWritable`, naming path and reason.
package func writeFile(_ bytes: [UInt8], to path: FilePath) throws(TrainerError) {
  do {
    let (directory, name) = try opened(path)
    let file = try AtomicFile(in: directory, expectedSizeBytes: UInt64(bytes.count))
    try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: name, replacing: true)
  } catch {
    throw TrainerError(.fileNotWritable, "\(path): can't be written: \(error)", cause: error)
  }
}

/// Makes a directory and the missing ones above it; one that is there already is fine.
///
/// - Throws: `.fileNotWritable`, naming path and reason.
package func makeDirectory(_ path: FilePath) throws(TrainerError) {
  do {
    try PosixFileSystem().createDirectory(path)
  } catch {
    throw TrainerError(
      .fileNotWritable, "\(path): can't make the directory: \(error)", cause: error)
  }
}

/// Whether something is at `path`.
package func fileExists(_ path: FilePath) -> Bool {
  (try? PosixFileSystem().status(of: path)) != nil
}

/// The directory a file is in, and the file's name there.
private func opened(_ path: FilePath) throws -> (any Directory, String) {
  guard let name = path.lastComponent else { throw Errno.isDirectory }
  let directory = path.removingLastComponent()
  return (
    try PosixFileSystem().openDirectory(directory.isEmpty ? "." : directory), name.string
  )
}
