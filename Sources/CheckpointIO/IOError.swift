package import SystemPackage

/// A failed operation on a file: which, on what, why.
package struct IOError: Error, Sendable, Hashable {
  /// What callers distinguish.
  package enum Code: Sendable, Hashable {
    case notFound
    case exists
    case permissionDenied
    case noSpace
    case notSupported
    case closed
    /// Anything else; `errno` tells.
    case io
  }

  package var code: Code
  /// The system call or step, such as `fsync`.
  package var operation: String
  package var path: FilePath
  package var errno: Errno?

  package init(code: Code, operation: String, path: FilePath, errno: Errno? = nil) {
    self.code = code
    self.operation = operation
    self.path = path
    self.errno = errno
  }

  /// From a system call's errno.
  package init(_ errno: Errno, operation: String, path: FilePath) {
    let code: Code =
      switch errno {
      case .noSuchFileOrDirectory, .notDirectory: .notFound
      case .fileExists: .exists
      case .permissionDenied, .notPermitted, .readOnlyFileSystem: .permissionDenied
      case .noSpace, .diskQuotaExceeded: .noSpace
      case .notSupported, .noFunction, .notSupportedOnSocket: .notSupported
      default: .io
      }
    self.init(code: code, operation: operation, path: path, errno: errno)
  }
}

extension IOError: CustomStringConvertible {
  package var description: String {
    "\(path): \(operation): \(errno.map { "\($0)" } ?? "\(code)")"
  }
}
