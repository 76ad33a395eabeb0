// What users need of the floors below comes with `import Checkpoint`: DType, JSONValue, Timestamp,
// UniqueID, Compression, CheckpointSummary; RetentionPolicy and its plan. All else there is `package`.
@_exported public import CheckpointFormat
@_exported public import CheckpointRetention
public import SystemPackage

/// A path in the file system, from swift-system. String literals are paths.
public typealias FilePath = SystemPackage.FilePath
