package import Checkpoint
internal import CheckpointIO

/// Where a file is to be published.
package enum OutputPlace {
  /// What is there and is no regular file is never replaced: not a directory, and above all not a
  /// device, which root could.
  /// - Throws: `CheckpointError` with code `invalidArgument`.
  package static func check(_ path: FilePath) throws(CheckpointError) {
    try check(path, in: PosixFileSystem())
  }

  /// From now on, a signal that ends the process leaves no half of a file behind. For programs.
  package static func clearOnSignals() { NotedTemporary.removeOnSignals() }

  static func check(_ path: FilePath, in fileSystem: any FileSystem) throws(CheckpointError) {
    let status: FileStatus
    do throws(IOError) {
      status = try fileSystem.status(of: path)
    } catch {
      // Nothing is there, or nothing can be; whoever opens it will say so.
      return
    }
    guard status.kind != .regular else { return }
    throw CheckpointError(
      .invalidArgument,
      status.kind == .directory ? "this is a directory" : "this is no regular file", path: path,
      advice: "name a file for the output")
  }
}
