import CheckpointIO
import SystemPackage

/// The disk itself: files and directories as they are now, and as they are durably.
///
/// Names and contents are two things. A file's fsync makes its bytes and size durable, not its
/// name; a directory's fsync makes names durable, not what is in the files.
struct DiskModel {
  static let root: NodeID = 0

  let pageSizeBytes: Int
  /// The contents of files, by node. A node that isn't here is a directory.
  var contents: [NodeID: SimulatedContent] = [:]
  /// The names in each directory, as a reader sees them now.
  private(set) var names: [NodeID: [String: NodeID]] = [root: [:]]
  /// The same on the disk, without `operations`.
  private(set) var durableNames: [NodeID: [String: NodeID]] = [root: [:]]
  /// Changes since then, oldest first, from the first that isn't durable on.
  private(set) var operations: [NameOperation] = []
  private var nextNode: NodeID = 1

  init(pageSizeBytes: Int) {
    self.pageSizeBytes = pageSizeBytes
  }

  init(mounting image: DiskImage, pageSizeBytes: Int) {
    self.init(pageSizeBytes: pageSizeBytes)
    add(image, to: Self.root)
    durableNames = names
  }

  private mutating func add(_ image: DiskImage, to directory: NodeID) {
    for (name, entry) in image.entries {
      let node = makeNode()
      names[directory, default: [:]][name] = node
      switch entry {
      case .file(let bytes):
        contents[node] = SimulatedContent(bytes: bytes, pageSizeBytes: pageSizeBytes)
      case .directory(let image):
        names[node] = [:]
        add(image, to: node)
      }
    }
  }

  // MARK: Looking

  func node(_ name: String, in directory: NodeID) -> NodeID? {
    names[directory]?[name]
  }

  func node(at path: FilePath) -> NodeID? {
    var node: NodeID? = Self.root
    for component in path.components {
      node = node.flatMap { self.node(component.string, in: $0) }
    }
    return node
  }

  func isDirectory(_ node: NodeID) -> Bool { contents[node] == nil }

  func status(of node: NodeID) -> FileStatus {
    FileStatus(
      kind: isDirectory(node) ? .directory : .regular,
      sizeBytes: UInt64(contents[node]?.sizeBytes ?? 0), device: 1, inode: UInt64(node),
      modifiedNanoseconds: 0)
  }

  /// What the files that have a name take.
  var usedBytes: Int {
    names.values.reduce(0) { sum, entries in
      entries.values.reduce(sum) { $0 + (contents[$1]?.sizeBytes ?? 0) }
    }
  }

  // MARK: Changing

  mutating func makeFile(_ name: String, in directory: NodeID) -> NodeID {
    let node = makeNode()
    contents[node] = SimulatedContent(pageSizeBytes: pageSizeBytes)
    perform(.link(directory: directory, name: name, node: node))
    return node
  }

  mutating func makeDirectory(_ name: String, in directory: NodeID) {
    let node = makeNode()
    names[node] = [:]
    durableNames[node] = [:]
    perform(.link(directory: directory, name: name, node: node))
  }

  mutating func perform(_ change: NameOperation.Change) {
    let operation = NameOperation(change)
    operation.apply(to: &names)
    operations.append(operation)
  }

  mutating func synchronizeNames(of directory: NodeID) {
    for index in operations.indices
    where operations[index].directory == directory && !operations[index].isForgotten {
      operations[index].isDurable = true
    }
    // The rest stays in order: an operation of another directory may come before a durable one.
    while let first = operations.first, first.isDurable {
      first.apply(to: &durableNames)
      operations.removeFirst()
    }
  }

  mutating func forgetPendingNames(of directory: NodeID) {
    for index in operations.indices
    where operations[index].directory == directory && !operations[index].isDurable {
      operations[index].isForgotten = true
    }
  }

  private mutating func makeNode() -> NodeID {
    defer { nextNode += 1 }
    return nextNode
  }
}
