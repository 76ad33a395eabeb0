import CheckpointIO
import SystemPackage

/// A directory of event files, as a run that goes on finds it.
struct EventDirectory {
  let path: FilePath
  let fileSystem: any FileSystem

  /// Brings the run's files to what they were at the checkpoint, so that nothing is there twice when
  /// the run goes on: cuts off what came later, and removes the files made later. Files of other runs
  /// stay as they are.
  ///
  /// TensorFlow lets readers do that, by an event that says from which step on older ones are void; but
  /// that step is one for all tags, and epochs and iterations count differently.
  ///
  /// - Parameters:
  ///   - writer: the mark of the run's files.
  ///   - sizes: of those that the checkpoint knows, in bytes, by name.
  /// - Returns: their sizes now: less than before where a power cut has taken records.
  /// - Throws: `.fileNotWritable`, `.fileNotReadable`.
  func rewind(
    writer: String, sizes: [String: UInt64]
  ) throws(TrainerError) -> [String: UInt64] {
    var kept: [String: UInt64] = [:]
    let directory: any Directory
    var names: [String]
    do {
      directory = try fileSystem.openDirectory(path)
      names = try directory.entryNames().filter { $0.contains("tfevents") }.sorted()
      // A link is nothing that this writer makes.
      names = try names.filter { try directory.status(of: $0).kind == .regular }
    } catch {
      throw TrainerError(.fileNotReadable, "\(path): can't be read: \(error)", cause: error)
    }
    for name in names {
      let file: AppendedFile
      do throws(TrainerError) {
        file = try AppendedFile(path.appending(name), .existing, in: fileSystem)
      } catch {
        // What this user may not write, another one wrote.
        let isOthers = (error.cause as? IOError)?.code == .permissionDenied && sizes[name] == nil
        if isOthers { continue }
        throw error
      }
      guard try isMarked(file, writer) else { continue }
      guard let size = sizes[name] else {
        do {
          try directory.remove(name)
          try directory.synchronize()
        } catch {
          throw TrainerError(
            .fileNotWritable, "\(file.path): can't be removed: \(error)", cause: error)
        }
        continue
      }
      var end: UInt64 = 0
      while let data = try EventRecord.data(of: file, at: end, limit: size) {
        end += UInt64(data.count + EventRecord.frameBytes)
      }
      try file.cut(toBytes: end)
      kept[name] = end
    }
    return kept
  }

  private func isMarked(_ file: AppendedFile, _ writer: String) throws(TrainerError) -> Bool {
    let end = Event.versionEnd(writer: writer)
    guard let first = try EventRecord.data(of: file, at: 0, limit: 1 << 16) else { return false }
    return first.suffix(end.count) == end[...]
  }
}
