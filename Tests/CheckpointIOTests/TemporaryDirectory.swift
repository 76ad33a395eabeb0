import CheckpointIO
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A directory on the real disk that goes with the test.
final class TemporaryDirectory: Sendable {
  let path: FilePath

  init() {
    var template = Array("/tmp/ckpt-io-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("mkdtemp: errno \(errno)") }
    path = FilePath(platformString: template)
  }

  deinit { Self.removeAll(path) }

  func open() throws -> any Directory {
    try PosixFileSystem().openDirectory(path)
  }

  private static func removeAll(_ path: FilePath) {
    if let directory = try? PosixFileSystem().openDirectory(path) {
      for name in (try? directory.entryNames()) ?? [] {
        let status = try? directory.status(of: name)
        if status?.kind == .directory {
          removeAll(path.appending(name))
        } else {
          try? directory.remove(name)
        }
      }
    }
    rmdir(path.string)
  }
}
