internal import Checkpoint
internal import CheckpointIO
internal import SystemPackage

/// A file of another tool, open for reading. What it says of itself is not believed: reads beyond
/// its end are errors, and nothing is allocated that the file can't fill.
final class ForeignFile: Sendable {
  let path: FilePath
  let sizeBytes: UInt64
  private let file: any File

  /// - Throws: `CheckpointError`: `notFound`, `permissionDenied`, `io`; `invalidArgument` for what is
  ///   no regular file.
  init(_ path: FilePath, in fileSystem: any FileSystem) throws(CheckpointError) {
    self.path = path
    guard let name = path.lastComponent?.string else {
      throw CheckpointError(.invalidArgument, "a file's name is missing", path: path)
    }
    let parent = path.removingLastComponent()
    do throws(IOError) {
      let directory = try fileSystem.openDirectory(parent.isEmpty ? "." : parent)
      file = try directory.open(name, .read)
      let status = try file.status()
      sizeBytes = status.kind == .regular ? status.sizeBytes : .max
    } catch {
      throw CheckpointError(error)
    }
    guard sizeBytes < .max else {
      throw CheckpointError(.invalidArgument, "this is no regular file", path: path)
    }
  }

  /// Fills `buffer` with the bytes from `offset`.
  /// - Throws: `CheckpointError` with code `truncated` if the file ends before.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(CheckpointError) {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(buffer.count))
    guard !overflow, end <= sizeBytes else {
      throw CheckpointError(
        .truncated, "\(buffer.count) bytes are needed where the file ends", path: path,
        byteOffset: offset)
    }
    var done = 0
    do throws(IOError) {
      while done < buffer.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        let count = try unsafe file.read(into: rest, at: offset + UInt64(done))
        guard count > 0 else { break }
        done += count
      }
    } catch {
      throw CheckpointError(error)
    }
    guard done == buffer.count else {
      throw CheckpointError(
        .truncated, "the file has become shorter", path: path, byteOffset: offset + UInt64(done))
    }
  }

  /// The `count` bytes from `offset`.
  /// - Throws: as `read(into:at:)`, before anything is allocated.
  func bytes(_ count: Int, at offset: UInt64) throws(CheckpointError) -> [UInt8] {
    let (end, overflow) = offset.addingReportingOverflow(UInt64(count))
    guard !overflow, end <= sizeBytes else {
      throw CheckpointError(
        .truncated, "\(count) bytes are needed where the file ends", path: path, byteOffset: offset)
    }
    var failure: CheckpointError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(CheckpointError) {
        try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        initialized = count
      } catch {
        failure = error
        initialized = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
