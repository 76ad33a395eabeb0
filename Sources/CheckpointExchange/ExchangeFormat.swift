public import Checkpoint
internal import CheckpointIO
public import SystemPackage

/// Other tools' files that checkpoints can be turned into, and made from.
public enum ExchangeFormat: String, Sendable, Hashable, CaseIterable {
  /// Tensors by name, and strings: `.safetensors`.
  case safetensors

  /// The name on the command line, and the extension of files.
  public var name: String { rawValue }

  /// The format of that name, if there is one.
  public init?(name: String) { self.init(rawValue: name) }

  /// The format that a file's extension stands for, if it stands for one.
  public init?(path: FilePath) {
    guard let name = path.extension?.lowercased(), let format = ExchangeFormat(name: name) else {
      return nil
    }
    self = format
  }

  // The only place that knows what reads and writes each format.

  /// Opens a file of the format.
  func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    switch self {
    case .safetensors: try SafetensorsReader.read(path, in: fileSystem)
    }
  }

  /// Writes a file of the format, whole and durable or not at all.
  /// - Returns: the file's size in bytes, and what the format can't carry, a line each.
  func write(
    _ state: ExchangeState, to path: FilePath, replacing: Bool, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> (sizeBytes: UInt64, losses: [String]) {
    switch self {
    case .safetensors:
      (try SafetensorsWriter.write(state, to: path, replacing: replacing, in: fileSystem), [])
    }
  }
}
