import Foundation

/// Measures how saving, loading, opening, inspecting and listing grow: `scaling FOLDER CKPT SERIES...`, the
/// series being `bytes=GB`, `tensors=COUNT`, `chunks=COUNT` and `stores=COUNT`, each up to that number, and
/// `reads`. Writes each point as a line of JSON to standard output. `plot` makes tables and plots of them.
@main
struct Scaling {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count > 2 else { try usage() }
    let folder = URL(filePath: arguments[1], directoryHint: .isDirectory)
    for argument in arguments.dropFirst(2) {
      let parts = argument.split(separator: "=")
      let limit = parts.count == 2 ? Double(parts[1]) : nil
      FileHandle.standardError.write(Data("\(argument)\n".utf8))
      switch (parts.first, limit) {
      case ("bytes", let limit?):
        try ByteSeries(folder: folder).measure(upTo: limit * 1e9)
      case ("tensors", let limit?):
        try TensorSeries(folder: folder, program: arguments[2]).measure(upTo: Int(limit))
      case ("chunks", let limit?):
        try ChunkSeries(folder: folder).measure(upTo: Int(limit))
      case ("stores", let limit?):
        try StoreSeries(folder: folder, program: arguments[2]).measure(upTo: Int(limit))
      case ("reads", nil):
        try TensorReads(folder: folder).measure()
      default: try usage()
      }
    }
  }

  private static func usage() throws -> Never {
    let text = "usage: scaling FOLDER CKPT [bytes=GB] [tensors=N] [chunks=N] [stores=N] [reads]\n"
    FileHandle.standardError.write(Data(text.utf8))
    exit(64)
  }
}
