internal import Checkpoint

/// The tensors of a pickle's dictionaries, in order, with the way to each as its name.
struct TorchStateDict {
  private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
  /// What else the dictionaries hold, a line each.
  private(set) var losses: [String] = []
  private var visited = 0
  private var nameBudget = Self.namesLimitBytes

  /// Dictionaries in dictionaries in dictionaries.
  private static let depthLimit = 16
  /// A pickle can hold one dictionary a thousand times in a thousand others.
  private static let visitLimit = 4_000_000
  /// A key of megabytes costs two bytes where it stands again.
  private static let namesLimitBytes = 64 << 20
  /// Further lines are counted only.
  private static let lossLimit = 20

  /// - Throws: `CheckpointError`: `unsupportedVersion` if the pickle is of no dictionary, or a key is
  ///   neither text nor number; `limitExceeded`. The caller adds the path.
  init(_ root: PickleValue, of pickle: PickleReader) throws(CheckpointError) {
    guard case .dictionary = root else {
      throw CheckpointError(
        .unsupportedVersion, "\(root.kind), and no state dict",
        advice: "in Python: torch.save(model.state_dict(), ...)")
    }
    var lost = 0
    try add(root, name: "", depth: 0, of: pickle, lost: &lost)
    if lost > Self.lossLimit { losses.append("and \(lost - Self.lossLimit) values more") }
  }

  private mutating func add(
    _ value: PickleValue, name: String, depth: Int, of pickle: PickleReader, lost: inout Int
  ) throws(CheckpointError) {
    visited += 1
    guard visited <= Self.visitLimit, depth <= Self.depthLimit else {
      throw CheckpointError(.limitExceeded, "dictionaries that are too many or too deep")
    }
    nameBudget -= name.utf8.count
    guard nameBudget >= 0 else {
      throw CheckpointError(
        .limitExceeded, "more than \(Self.namesLimitBytes >> 20) MiB of names")
    }
    let prefix = name.isEmpty ? "" : name + "/"
    switch value {
    case .tensor(let index): tensors.append((name, pickle.tensors[index]))
    case .dictionary(let index):
      for (key, value) in pickle.dictionaries[index] {
        switch key {
        case .text(let text):
          try add(value, name: prefix + text, depth: depth + 1, of: pickle, lost: &lost)
        case .int(let number):
          try add(value, name: "\(prefix)\(number)", depth: depth + 1, of: pickle, lost: &lost)
        default:
          throw CheckpointError(
            .unsupportedVersion, "no plain state dict: \(key.kind) is a key", item: name)
        }
      }
    case .list(let index):
      try add(pickle.lists[index], prefix: prefix, depth: depth, of: pickle, lost: &lost)
    case .tuple(let index):
      try add(pickle.tuples[index], prefix: prefix, depth: depth, of: pickle, lost: &lost)
    default:
      lost += 1
      if lost <= Self.lossLimit { losses.append("\(name): \(value.kind), which is no tensor") }
    }
  }

  private mutating func add(
    _ values: [PickleValue], prefix: String, depth: Int, of pickle: PickleReader, lost: inout Int
  ) throws(CheckpointError) {
    for (number, value) in values.enumerated() {
      try add(value, name: "\(prefix)\(number)", depth: depth + 1, of: pickle, lost: &lost)
    }
  }
}
