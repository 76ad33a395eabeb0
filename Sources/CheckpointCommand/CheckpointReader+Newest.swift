internal import Checkpoint
internal import SystemPackage

extension CheckpointReader {
  /// A checkpoint file, or of a run's directory the newest checkpoint that is intact; its bytes are
  /// read for that.
  /// - Parameter skipped: is told of newer ones that are not.
  /// - Throws: `CheckpointError`: `notFound` if a directory has no checkpoint; what is wrong with the
  ///   newest, if none is intact.
  static func newest(
    at path: FilePath, skipped: (CheckpointError) throws -> Void
  ) throws -> CheckpointReader {
    let store: CheckpointStore
    do throws(CheckpointError) {
      store = try CheckpointStore(at: path, options: StoreOptions(access: .readOnly))
    } catch {
      guard error.errno == .notDirectory else { throw error }
      return try CheckpointReader(path)
    }
    var first: CheckpointError?
    for stored in try store.list().reversed() {
      switch result(of: stored, in: store) {
      case .success(let reader): return reader
      case .failure(let error):
        first = first ?? error
        try skipped(error)
      }
    }
    throw first ?? CheckpointError(.notFound, "no checkpoints in this directory", path: path)
  }

  private static func result(
    of stored: StoredCheckpoint, in store: CheckpointStore
  ) -> Result<CheckpointReader, CheckpointError> {
    Result { () throws(CheckpointError) in
      if let failure = stored.failure { throw failure }
      let reader = try store.reader(stored)
      if let finding = try reader.verify().findings.first(where: \.losesContent) {
        throw finding.error
      }
      return reader
    }
  }
}
