internal import Checkpoint

/// A group to be.
final class HDF5Group {
  private(set) var groups: [String: HDF5Group] = [:]
  /// Numbers of datasets.
  private(set) var datasets: [String: Int] = [:]

  /// The group of that path in this one, made if it isn't there.
  func group(
    _ path: ArraySlice<String>, of whole: [String]
  ) throws(CheckpointError) -> HDF5Group {
    guard let name = path.first else { return self }
    try check(name, whole)
    guard datasets[name] == nil else { throw Self.refused("is a dataset already", whole) }
    let group = groups[name] ?? HDF5Group()
    groups[name] = group
    return try group.group(path.dropFirst(), of: whole)
  }

  /// Adds a dataset.
  func add(_ number: Int, at path: [String]) throws(CheckpointError) {
    guard let name = path.last else { throw Self.refused("has no name", path) }
    let group = try group(path.dropLast()[...], of: path)
    try check(name, path)
    guard group.datasets[name] == nil, group.groups[name] == nil else {
      throw Self.refused("is there twice", path)
    }
    group.datasets[name] = number
  }

  private func check(_ name: String, _ path: [String]) throws(CheckpointError) {
    guard !name.isEmpty, name != ".", name.utf8.count <= 1024,
      !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
    else { throw Self.refused("is no name in HDF5", path) }
  }

  private static func refused(_ what: String, _ path: [String]) -> CheckpointError {
    CheckpointError(.invalidArgument, "the name \(what)", item: path.joined(separator: "/"))
  }
}
