package import SystemPackage

/// An operation that changes the disk or makes a change durable: a place where the power can go.
/// Reading, looking and locking are none.
package struct DiskOperation: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case create, write, share, allocate, truncate, synchronizeFile
    case rename, remove, makeDirectory, synchronizeDirectory
  }

  package var kind: Kind
  /// What it was done to; for a rename the new path.
  package var path: FilePath

  package init(_ kind: Kind, _ path: FilePath) {
    self.kind = kind
    self.path = path
  }

  package var description: String { "\(kind.rawValue) \(path)" }
}
