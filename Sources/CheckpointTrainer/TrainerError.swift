/// Why training, or a part of it, could not go on.
public struct TrainerError: Error, Sendable {
  /// What callers distinguish. More codes may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
      case invalidArgument, invalidConfiguration, unknownClass, shapeMismatch, weightsMismatch
      case notCompiled, invalidState, resumeMismatch, invalidTemplate, invalidData, fileNotReadable
      case fileNotWritable, checkpoint, stopped, interrupted
    }

    private let kind: Kind

    /// A value an API was called with makes no sense, such as a batch size of 0.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// A JSON configuration lacks a key or has a value of the wrong kind.
    public static let invalidConfiguration = Code(kind: .invalidConfiguration)
    /// A configuration names a layer, optimizer, loss, metric … that is not known.
    public static let unknownClass = Code(kind: .unknownClass)
    /// Data, layers and targets don't fit each other.
    public static let shapeMismatch = Code(kind: .shapeMismatch)
    /// Weights to be loaded are not those of the model; the message lists the differences.
    public static let weightsMismatch = Code(kind: .weightsMismatch)
    /// The model has no optimizer and loss yet.
    public static let notCompiled = Code(kind: .notCompiled)
    /// A saved state (generator, optimizer, position) can't be one.
    public static let invalidState = Code(kind: .invalidState)
    /// The run to be resumed had other data or settings.
    public static let resumeMismatch = Code(kind: .resumeMismatch)
    /// A file name template is malformed or names an unknown key.
    public static let invalidTemplate = Code(kind: .invalidTemplate)
    /// A data file is malformed; the message says where.
    public static let invalidData = Code(kind: .invalidData)
    /// A file could not be read.
    public static let fileNotReadable = Code(kind: .fileNotReadable)
    /// A file could not be written.
    public static let fileNotWritable = Code(kind: .fileNotWritable)
    /// The store refused; `cause` tells.
    public static let checkpoint = Code(kind: .checkpoint)
    /// A callback ended the training with an error of its own.
    public static let stopped = Code(kind: .stopped)
    /// A signal asked the process to end, and `fit` stopped in order; `signal` tells which.
    public static let interrupted = Code(kind: .interrupted)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// What went wrong.
  public var code: Code

  /// What went wrong, with names and numbers, and what can be done. One sentence or more, no
  /// line end.
  public var message: String

  /// The error below, if there was one.
  public var cause: (any Error)?

  /// With `interrupted` the signal's number, such as 15 for SIGTERM; by custom a process that it ends
  /// exits with 128 and that.
  public var signal: Int32?

  /// An error with a message for people.
  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// Training has been stopped by a signal; the rest of the sentence follows its name.
  init(interruptedBy signal: Int32, _ rest: String) {
    self.init(.interrupted, "stopped by \(StopSignal.name(of: signal)) \(rest)")
    self.signal = signal
  }
}

extension TrainerError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
