public import Checkpoint
internal import CheckpointIO
public import SystemPackage

/// Other tools' files that checkpoints can be turned into, and made from.
public enum ExchangeFormat: String, Sendable, Hashable, CaseIterable {
  /// Tensors by name, and strings: `.safetensors`.
  case safetensors
  /// NumPy's arrays by name: `.npz`; a single array, `.npy`, can be read.
  case npz
  /// Keras' archive of a model with its weights and its optimizer's state: `.keras`.
  case keras
  /// PyTorch's state dict: `.pt`, `.pth`.
  case pt

  /// The name on the command line, and the extension of files.
  public var name: String { rawValue }

  /// The format of that name, if there is one.
  public init?(name: String) { self.init(rawValue: name) }

  /// The format that a file's extension stands for, if it stands for one.
  public init?(path: FilePath) {
    switch path.extension?.lowercased() {
    case "npy": self = .npz
    case "pth": self = .pt
    case let name?:
      guard let format = ExchangeFormat(name: name) else { return nil }
      self = format
    case nil: return nil
    }
  }

  /// The layout that users of the format expect.
  public var usualLayout: ExchangeOptions.Layout { self == .pt ? .torch : .original }

  // The only place that knows what reads and writes each format.

  /// Opens a file of the format.
  func read(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExchangeState {
    switch self {
    case .safetensors: try SafetensorsReader.read(path, in: fileSystem)
    case .npz: try NpzReader.read(path, in: fileSystem)
    case .keras: try KerasArchiveReader.read(path, in: fileSystem)
    case .pt: try TorchReader.read(path, in: fileSystem)
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
    case .npz: try NpzWriter.write(state, to: path, replacing: replacing, in: fileSystem)
    case .keras: try KerasArchiveWriter.write(state, to: path, replacing: replacing, in: fileSystem)
    case .pt: try TorchWriter.write(state, to: path, replacing: replacing, in: fileSystem)
    }
  }
}
