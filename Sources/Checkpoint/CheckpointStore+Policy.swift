internal import CheckpointFormat
internal import CheckpointIO
public import CheckpointRetention
internal import SystemPackage

/// The policy that a directory remembers, so that training runs and `ckpt prune` agree.
extension CheckpointStore {
  private static let policyFile = "policy"
  private static let policyLimitBytes: UInt64 = 1 << 16

  /// The policy that the directory remembers; nil if none.
  /// - Throws: `CheckpointError`: `corrupt` if the file holds no policy; `io`.
  public func rememberedPolicy() throws(CheckpointError) -> RetentionPolicy? {
    let path = self.path.appending(CheckpointStore.privateFolder)
      .appending(CheckpointStore.policyFile)
    let text: String
    do throws(IOError) {
      // Opened, not made: reading changes nothing.
      let file = try directory.openDirectory(CheckpointStore.privateFolder)
        .open(CheckpointStore.policyFile, .read)
      let size = try file.status().sizeBytes
      guard size <= CheckpointStore.policyLimitBytes else {
        throw IOError(code: .io, operation: "read a policy of \(size) bytes", path: path)
      }
      text = String(decoding: try file.readBytes(Int(size), at: 0), as: UTF8.self)
    } catch {
      guard error.code == .notFound else { throw CheckpointError(error) }
      return nil
    }
    do throws(PolicyError) {
      return try RetentionPolicy(text)
    } catch {
      throw CheckpointError(
        .corrupt, "the remembered policy can't be read: \(error.message)", path: path,
        item: error.item, advice: "set it anew with ckpt policy set")
    }
  }

  /// Remembers a policy, durably: from now on each save of a store that was opened with
  /// `StoreRetention.remembered` applies it, in any process, and `ckpt prune` goes by it.
  /// - Parameter policy: nil to forget the one there is.
  /// - Throws: `CheckpointError`: `limitExceeded` if its text is too long, `locked`, `io`.
  public func remember(_ policy: RetentionPolicy?) throws(CheckpointError) {
    let sizeBytes = UInt64(policy?.text.utf8.count ?? 0)
    guard sizeBytes < CheckpointStore.policyLimitBytes else {
      throw CheckpointError(
        .limitExceeded, "a policy of \(sizeBytes) bytes is too long to be remembered", path: path)
    }
    try withLock { () throws(CheckpointError) in
      do throws(IOError) {
        let folder = try privateDirectory()
        _ = try? StaleTemporaries.remove(in: folder)
        guard let policy else {
          try CheckpointStore.forgetPolicy(in: folder)
          return
        }
        try CheckpointStore.write(policy, in: folder)
      } catch {
        throw CheckpointError(error)
      }
    }
  }

  private static func write(_ policy: RetentionPolicy, in folder: any Directory) throws(IOError) {
    let bytes = Array((policy.text + "\n").utf8)
    let file = try AtomicFile(in: folder, expectedSizeBytes: UInt64(bytes.count))
    try file.write(bytes, at: 0)
    do throws(PublishError) {
      try file.commit(as: policyFile, replacing: true)
    } catch {
      throw error.cause
    }
  }

  private static func forgetPolicy(in folder: any Directory) throws(IOError) {
    do throws(IOError) {
      try folder.remove(policyFile)
    } catch {
      guard error.code == .notFound else { throw error }
    }
    try folder.synchronize()
  }

  /// The policy that saves of this store apply; nil if they remove nothing.
  /// - Throws: as `rememberedPolicy()`.
  public func effectivePolicy() throws(CheckpointError) -> RetentionPolicy? {
    switch options.retention {
    case .keepAll: nil
    case .policy(let policy): policy
    case .remembered: try rememberedPolicy()
    }
  }
}
