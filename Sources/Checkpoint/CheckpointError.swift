internal import CheckpointIO
public import SystemPackage

/// What went wrong with a checkpoint or a store: what, where, and what can be done.
public struct CheckpointError: Error, Sendable, Hashable {
  /// What programs distinguish. More may be added.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name in `--json` output, such as `checksumMismatch`.
    public let description: String

    /// The file breaks a rule of the format.
    public static let corrupt = Code(description: "corrupt")
    /// The file is shorter than it was when it was written.
    public static let truncated = Code(description: "truncated")
    /// The file is no checkpoint.
    public static let notACheckpoint = Code(description: "notACheckpoint")
    /// The file needs a newer program.
    public static let unsupportedVersion = Code(description: "unsupportedVersion")
    /// Bytes are not those that were written.
    public static let checksumMismatch = Code(description: "checksumMismatch")
    /// There is no such file, checkpoint, tensor, document or blob.
    public static let notFound = Code(description: "notFound")
    /// There is one already.
    public static let exists = Code(description: "exists")
    /// Another process writes to the store.
    public static let locked = Code(description: "locked")
    /// The system refused an operation for lack of rights.
    public static let permissionDenied = Code(description: "permissionDenied")
    /// The system reported an error.
    public static let io = Code(description: "io")
    /// The disk is full. Nothing was changed.
    public static let noSpace = Code(description: "noSpace")
    /// More than the format, or the reader's budget, allows.
    public static let limitExceeded = Code(description: "limitExceeded")
    /// What the caller asked for doesn't fit what is there: a dtype, a shape, a range of rows.
    public static let mismatch = Code(description: "mismatch")
    /// What the caller gave can't be used: a name, a metric's mode.
    public static let invalidArgument = Code(description: "invalidArgument")
    /// The directory has changed since the plan was made. Nothing was removed.
    public static let stalePlan = Code(description: "stalePlan")
    /// A checkpoint on the strength of which others were to go, the newest or a best one, is damaged.
    /// Nothing was removed.
    public static let survivorDamaged = Code(description: "survivorDamaged")
    /// The save failed so late that the new file may or may not survive a crash. Nothing older may
    /// be removed.
    public static let outcomeUnknown = Code(description: "outcomeUnknown")
  }

  /// What programs distinguish.
  public var code: Code
  /// What happened, in one line for people.
  public var message: String
  /// The file or directory.
  public var path: FilePath?
  /// The tensor, document or blob.
  public var item: String?
  /// Where in the file, in bytes from its start.
  public var byteOffset: UInt64?
  /// The system's error, if it was one.
  public var errno: Errno?
  /// The rule of `FORMAT.md` that the file breaks, if it is that.
  public var rule: String?
  /// What can be done about it, in one line, if anything.
  public var advice: String?

  /// An error with the given facts.
  public init(
    _ code: Code, _ message: String, path: FilePath? = nil, item: String? = nil,
    byteOffset: UInt64? = nil, errno: Errno? = nil, rule: String? = nil, advice: String? = nil
  ) {
    self.code = code
    self.message = message
    self.path = path
    self.item = item
    self.byteOffset = byteOffset
    self.errno = errno
    self.rule = rule
    self.advice = advice
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line: path, item, message, offset, advice.
  public var description: String {
    var text = ""
    if let path { text += "\(path): " }
    if let item { text += "\"\(item)\": " }
    text += message
    if let byteOffset { text += " (at byte \(byteOffset))" }
    if let errno { text += ": \(errno)" }
    if let advice { text += "; \(advice)" }
    return text
  }
}
