package import CheckpointIO
package import SystemPackage

/// A file system that swallows one step of the protocol, so that the code that takes the step needs
/// no switch for tests. A check that finds no fault with any mutant checks nothing.
package struct MutantFileSystem: FileSystem {
  private let base: any FileSystem
  private let mutation: Mutation
  private let finalName: @Sendable (_ temporaryName: String) -> String

  /// - Parameters:
  ///   - base: The disk underneath.
  ///   - mutation: What is left out.
  ///   - finalName: For `.inPlace`: what the file that is now made under a temporary name will be
  ///     called.
  package init(
    _ base: any FileSystem, _ mutation: Mutation,
    finalName: @escaping @Sendable (_ temporaryName: String) -> String = { $0 }
  ) {
    self.base = base
    self.mutation = mutation
    self.finalName = finalName
  }

  package func openDirectory(_ path: FilePath) throws(IOError) -> any Directory {
    MutantDirectory(try base.openDirectory(path), mutation, finalName)
  }

  package func createDirectory(_ path: FilePath) throws(IOError) {
    try base.createDirectory(path)
  }

  package func status(of path: FilePath) throws(IOError) -> FileStatus {
    try base.status(of: path)
  }
}
