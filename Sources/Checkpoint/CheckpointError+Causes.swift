internal import CheckpointFormat
package import CheckpointIO
internal import SystemPackage

extension CheckpointError {
  /// From a rule of the format that a file, or what is to be written, breaks.
  init(_ error: FormatError, path: FilePath? = nil, item: String? = nil) {
    let code: Code =
      switch error.rule {
      case .notAContainer, .magic: .notACheckpoint
      case .version, .features, .unknownSection: .unsupportedVersion
      case .truncated: .truncated
      case .blockChecksum, .indexChecksum, .sectionTableChecksum, .sectionChecksum,
        .storedChecksum, .logicalChecksum, .digest, .rootDigest:
        .checksumMismatch
      case .limit: .limitExceeded
      default: .corrupt
      }
    let advice: String? =
      switch code {
      case .unsupportedVersion: "use a newer ckpt"
      case .checksumMismatch, .truncated, .corrupt:
        path.map { _ in "ckpt salvage rescues what is intact" }
      default: nil
      }
    self.init(
      code, error.detail, path: path, item: item, byteOffset: error.offset,
      rule: error.rule.rawValue, advice: advice)
  }

  /// From a failed operation on a file.
  package init(_ error: IOError) {
    let code: Code =
      switch error.code {
      case .notFound: .notFound
      case .exists: .exists
      case .noSpace: .noSpace
      case .permissionDenied: .permissionDenied
      default: .io
      }
    self.init(
      code, "\(error.operation) failed", path: error.path, errno: error.errno,
      advice: code == .noSpace ? "nothing was changed; free some space and save again" : nil)
  }

  /// From a publish that failed.
  package init(_ error: PublishError) {
    self.init(error.cause)
    if error.outcome == .outcomeUnknown {
      code = .outcomeUnknown
      message += " late in the save: the checkpoint may or may not survive a crash"
      advice = "keep all older checkpoints and save again"
    }
  }
}
