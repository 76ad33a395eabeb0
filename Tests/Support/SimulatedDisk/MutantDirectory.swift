package import CheckpointIO
package import SystemPackage

/// A directory of a `MutantFileSystem`.
package final class MutantDirectory: Directory {
  private let base: any Directory
  private let mutation: Mutation
  private let finalName: @Sendable (String) -> String
  /// For `.inPlace`: which final names stand for the temporaries made so far.
  private let standIns: Locked<[String: String]> = Locked([:])

  init(
    _ base: any Directory, _ mutation: Mutation, _ finalName: @escaping @Sendable (String) -> String
  ) {
    self.base = base
    self.mutation = mutation
    self.finalName = finalName
  }

  package var path: FilePath { base.path }

  package func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    guard mutation == .inPlace, mode == .createExclusive, TemporaryName.matches(name) else {
      return MutantFile(try base.open(actual(name), mode), mutation)
    }
    let target = finalName(name)
    standIns.withLock { $0[name] = target }
    let file = try base.open(target, .readWriteCreating)
    try file.truncate(sizeBytes: 0)
    return MutantFile(file, mutation)
  }

  package func rename(_ source: String, to target: String, replacing: Bool) throws(IOError) {
    if standIns.withLock({ $0.removeValue(forKey: source) }) != nil { return }
    try base.rename(source, to: target, replacing: replacing)
  }

  package func rename(
    _ source: String, to target: String, in other: any Directory
  ) throws(IOError) {
    try base.rename(source, to: target, in: (other as? MutantDirectory)?.base ?? other)
  }

  package func remove(_ name: String) throws(IOError) { try base.remove(actual(name)) }

  package func status(of name: String) throws(IOError) -> FileStatus {
    try base.status(of: actual(name))
  }

  package func entryNames() throws(IOError) -> [String] { try base.entryNames() }

  package func synchronize() throws(IOError) {
    if mutation != .noDirectorySynchronization { try base.synchronize() }
  }

  package var mayShareBlocks: Bool { base.mayShareBlocks }

  package func freeSpaceBytes() throws(IOError) -> UInt64 { try base.freeSpaceBytes() }

  package func openDirectory(_ name: String) throws(IOError) -> any Directory {
    MutantDirectory(try base.openDirectory(name), mutation, finalName)
  }

  package func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    MutantDirectory(try base.makeDirectory(name), mutation, finalName)
  }

  private func actual(_ name: String) -> String {
    standIns.withLock { $0[name] } ?? name
  }
}
