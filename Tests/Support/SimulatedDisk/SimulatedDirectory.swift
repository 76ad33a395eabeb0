package import CheckpointIO
package import SystemPackage

/// An open directory of a `SimulatedDisk`.
package final class SimulatedDirectory: Directory {
  package let path: FilePath
  private let disk: SimulatedDisk
  private let node: NodeID
  private let handle: Int

  init(disk: SimulatedDisk, node: NodeID, handle: Int, path: FilePath) {
    self.disk = disk
    self.node = node
    self.handle = handle
    self.path = path
  }

  deinit { disk.state.withLock { $0.close(handle) } }

  package func open(_ name: String, _ mode: OpenMode) throws(IOError) -> any File {
    let path = try self.path(name)
    let existing = try disk.look("open", path, handle: handle) { state throws(IOError) in
      try openExisting(name, mode, path, &state)
    }
    if let existing { return existing }
    return try disk.perform(.create, path, handle: handle) { state, _ throws(IOError) in
      if let file = try openExisting(name, mode, path, &state) { return file }
      let file = state.model.makeFile(name, in: node)
      return SimulatedFile(disk: disk, node: file, handle: state.open(file), path: path)
    }
  }

  package func rename(
    _ source: String, to target: String, replacing: Bool
  ) throws(IOError) {
    try rename(source, to: target, in: self, replacing: replacing)
  }

  package func rename(
    _ source: String, to target: String, in other: any Directory
  ) throws(IOError) {
    guard let other = other as? SimulatedDirectory, other.disk === disk else {
      throw IOError(.improperLink, operation: "rename", path: path.appending(source))
    }
    try rename(source, to: target, in: other, replacing: true)
  }

  package func remove(_ name: String) throws(IOError) {
    let path = try self.path(name)
    try disk.perform(.remove, path, handle: handle) { state, _ throws(IOError) in
      let file = try self.file(name, "unlink", &state)
      state.model.perform(.unlink(directory: node, name: name, node: file))
    }
  }

  package func status(of name: String) throws(IOError) -> FileStatus {
    let path = try self.path(name)
    return try disk.look("stat", path, handle: handle) { state throws(IOError) in
      guard let child = state.model.node(name, in: node) else {
        throw IOError(.noSuchFileOrDirectory, operation: "stat", path: path)
      }
      return state.model.status(of: child)
    }
  }

  /// In descending order: readers that rely on an order shall not get the likely one.
  package func entryNames() throws(IOError) -> [String] {
    try disk.look("readdir", path, handle: handle) { state in
      (state.model.names[node] ?? [:]).keys.sorted(by: >)
    }
  }

  package func synchronize() throws(IOError) {
    try disk.perform(.synchronizeDirectory, path, handle: handle) { state, _ in
      // After a shutdown it claims success and does nothing.
      if !state.isShutDown { state.model.synchronizeNames(of: node) }
    }
  }

  package var mayShareBlocks: Bool { disk.state.withLock { $0.sharesBlocks } }

  package func freeSpaceBytes() throws(IOError) -> UInt64 {
    try disk.look("statfs", path, handle: handle) { $0.freeBytes }
  }

  package func openDirectory(_ name: String) throws(IOError) -> any Directory {
    try disk.openDirectory(try path(name))
  }

  package func makeDirectory(_ name: String) throws(IOError) -> any Directory {
    let path = try self.path(name)
    let exists = try disk.look("mkdir", path, handle: handle) { state in
      state.model.node(name, in: node) != nil
    }
    if !exists {
      try disk.perform(.makeDirectory, path, handle: handle) { state, _ in
        state.model.makeDirectory(name, in: node)
      }
    }
    try synchronize()
    return try disk.openDirectory(path)
  }

  private func path(_ name: String) throws(IOError) -> FilePath {
    try FileName.check(name, in: path)
    return path.appending(name)
  }

  private func openExisting(
    _ name: String, _ mode: OpenMode, _ path: FilePath, _ state: inout SimulatedDisk.State
  ) throws(IOError) -> SimulatedFile? {
    switch (state.model.node(name, in: node), mode) {
    case (.some, .createExclusive):
      throw IOError(.fileExists, operation: "open", path: path)
    case (let file?, _):
      guard !state.model.isDirectory(file) else {
        throw IOError(.isDirectory, operation: "open", path: path)
      }
      return SimulatedFile(disk: disk, node: file, handle: state.open(file), path: path)
    case (nil, .read), (nil, .readWrite):
      throw IOError(.noSuchFileOrDirectory, operation: "open", path: path)
    case (nil, .readWriteCreating), (nil, .createExclusive):
      return nil
    }
  }

  private func file(
    _ name: String, _ operation: String, _ state: inout SimulatedDisk.State
  ) throws(IOError) -> NodeID {
    guard let file = state.model.node(name, in: node) else {
      throw IOError(.noSuchFileOrDirectory, operation: operation, path: path.appending(name))
    }
    guard !state.model.isDirectory(file) else {
      throw IOError(.isDirectory, operation: operation, path: path.appending(name))
    }
    return file
  }

  private func rename(
    _ source: String, to target: String, in other: SimulatedDirectory, replacing: Bool
  ) throws(IOError) {
    let targetPath = try other.path(target)
    try disk.perform(.rename, targetPath, handle: handle) { state, _ throws(IOError) in
      let file = try self.file(source, "rename", &state)
      if let replaced = state.model.node(target, in: other.node) {
        guard replacing else {
          throw IOError(.fileExists, operation: "rename", path: targetPath)
        }
        guard !state.model.isDirectory(replaced) else {
          throw IOError(.isDirectory, operation: "rename", path: targetPath)
        }
      }
      state.model.perform(
        .rename(
          directory: node, name: source, targetDirectory: other.node, target: target, node: file))
    }
  }
}
