/// Which file or directory, whatever its name.
typealias NodeID = Int

/// A change of a directory that may not have reached the disk yet.
struct NameOperation {
  enum Change {
    case link(directory: NodeID, name: String, node: NodeID)
    case unlink(directory: NodeID, name: String, node: NodeID)
    /// One step, also between two directories: journals keep it whole.
    case rename(
      directory: NodeID, name: String, targetDirectory: NodeID, target: String, node: NodeID)
  }

  var change: Change
  /// Its directory has been synchronized since.
  var isDurable = false
  /// A synchronization of its directory has failed since: no later one brings it to the disk.
  var isForgotten = false

  init(_ change: Change) {
    self.change = change
  }

  /// The directory whose synchronization makes it durable: for a rename, where the name goes.
  var directory: NodeID {
    switch change {
    case .link(let directory, _, _), .unlink(let directory, _, _): directory
    case .rename(_, _, let targetDirectory, _, _): targetDirectory
    }
  }

  /// Applies it to the names of all directories. Operations before it may have been lost, so it
  /// only removes names that are still those it meant.
  func apply(to names: inout [NodeID: [String: NodeID]]) {
    switch change {
    case .link(let directory, let name, let node):
      names[directory, default: [:]][name] = node
    case .unlink(let directory, let name, let node):
      if names[directory]?[name] == node { names[directory]?[name] = nil }
    case .rename(let directory, let name, let targetDirectory, let target, let node):
      if names[directory]?[name] == node { names[directory]?[name] = nil }
      names[targetDirectory, default: [:]][target] = node
    }
  }
}
