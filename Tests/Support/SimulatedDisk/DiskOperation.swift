/// An operation that changes the disk or makes a change durable: a place where the power can go.
/// Reading, looking and locking are none.
package struct DiskOperation: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case create, write, allocate, truncate, synchronizeFile
    case rename, remove, makeDirectory, synchronizeDirectory
  }

  package var kind: Kind
  /// The file's or directory's name; for a rename the new one.
  package var name: String

  package init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  package var description: String { "\(kind.rawValue) \(name)" }
}
