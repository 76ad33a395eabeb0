package import SystemPackage

/// What may be the name of an entry of a `Directory`.
package enum FileName {
  /// The longest name in bytes that common file systems take.
  package static let limitBytes = 255

  /// Whether `name` is a single component that names an entry: not empty, not `.` or `..`, no `/`,
  /// no zero byte (which would cut it off unseen), at most 255 bytes.
  package static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= limitBytes
      && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  /// Throws EINVAL (or ENAMETOOLONG) unless `name` is valid.
  package static func check(_ name: String, in directory: FilePath) throws(IOError) {
    guard !isValid(name) else { return }
    throw IOError(
      name.utf8.count > limitBytes ? .fileNameTooLong : .invalidArgument,
      operation: "file name", path: directory)
  }
}
