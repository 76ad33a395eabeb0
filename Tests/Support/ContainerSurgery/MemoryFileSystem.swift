package import CheckpointIO
package import SystemPackage

/// A file system that has one file, under every name.
package final class MemoryFileSystem: FileSystem, Directory {
  private let file: MemoryFile

  package init(_ file: MemoryFile) { self.file = file }

  package convenience init(_ bytes: [UInt8]) { self.init(MemoryFile(bytes)) }

  package var path: FilePath { "memory" }

  package func openDirectory(_ path: FilePath) throws(IOError) -> any Directory { self }
  package func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File { file }
  package func status(of path: FilePath) throws(IOError) -> FileStatus { try file.status() }
  package func status(of name: String) throws(IOError) -> FileStatus { try file.status() }
  package func entryNames() throws(IOError) -> [String] { ["memory"] }
  package func freeSpaceBytes() throws(IOError) -> UInt64 { .max }

  // Readers do nothing of what follows.
  package func createDirectory(_ path: FilePath) throws(IOError) { throw unsupported }
  package func rename(
    _ source: String, to target: String, replacing: Bool
  ) throws(IOError) { throw unsupported }
  package func rename(
    _ source: String, to target: String, in other: any Directory
  ) throws(IOError) { throw unsupported }
  package func remove(_ name: String) throws(IOError) { throw unsupported }
  package func synchronize() throws(IOError) { throw unsupported }
  package func openDirectory(_ name: String) throws(IOError) -> any Directory { throw unsupported }
  package func makeDirectory(_ name: String) throws(IOError) -> any Directory { throw unsupported }

  private var unsupported: IOError {
    IOError(code: .notSupported, operation: "change", path: "memory")
  }
}
