internal import CheckpointFormat
package import CheckpointIO
public import SystemPackage

/// A directory of checkpoints in which every acknowledged save survives any crash.
///
/// The directory is the truth: there is no database that could disagree with it, and files that are
/// no checkpoints are never touched. A checkpoint's identity is its file's UUID and the sequence
/// number that the store gave it; times and names decide nothing. Several processes may use one
/// directory: one at a time writes, all read.
///
/// ```swift
/// let store = try CheckpointStore(at: "run")
/// try store.save(checkpoint)
/// if let latest = try store.latest() { resume(from: latest.checkpoint) }
/// ```
///
/// Methods block unless they are `async`.
public final class CheckpointStore: Sendable {
  /// The directory.
  public let path: FilePath
  /// How the store behaves.
  public let options: StoreOptions
  let directory: any Directory
  let background: BackgroundSaves
  let staging = StagingMemory()
  private let catalog = Catalog()
  /// Files that pruning has found to be sound.
  let knownSound = Locked<Set<UniqueID>>([])
  /// Whether sharing blocks is worth a try.
  let sharesBlocks: Locked<Bool>
  let pruningResult = Locked<Result<PruningReport, CheckpointError>?>(nil)

  /// The folder for the store's own files.
  static let privateFolder = ".ckpt"

  /// Opens a store. With read and write access its directory is made if it is missing, and what a
  /// killed save left behind is removed.
  /// - Throws: `CheckpointError`: `notFound`, `permissionDenied`, `io`.
  public convenience init(
    at path: FilePath, options: StoreOptions = StoreOptions()
  ) throws(CheckpointError) {
    try self.init(at: path, options: options, in: PosixFileSystem())
  }

  /// Opens a store that applies a policy after each save.
  ///
  /// ```swift
  /// let store = try CheckpointStore(at: "run", retention: .regular(monitor: "val_acc"))
  /// ```
  ///
  /// - Throws: `CheckpointError`: `notFound`, `permissionDenied`, `io`.
  public convenience init(
    at path: FilePath, retention: StoreRetention, options: StoreOptions = StoreOptions()
  ) throws(CheckpointError) {
    var options = options
    options.retention = retention
    try self.init(at: path, options: options)
  }

  package init(
    at path: FilePath, options: StoreOptions, in fileSystem: any FileSystem
  ) throws(CheckpointError) {
    self.path = path
    self.options = options
    background = BackgroundSaves(limit: options.backgroundSaveLimit)
    do throws(IOError) {
      if options.access == .readWrite { try fileSystem.createDirectory(path) }
      directory = try fileSystem.openDirectory(path)
      sharesBlocks = Locked(options.sharesUnchangedTensors && directory.mayShareBlocks)
      if options.access == .readWrite {
        _ = try directory.makeDirectory(CheckpointStore.privateFolder)
        sweep()
      }
    } catch {
      throw CheckpointError(error)
    }
  }

  // MARK: Saving

  /// Saves a checkpoint: when this returns, it survives a power cut and is the store's newest.
  /// - Parameters:
  ///   - checkpoint: what to save. The store adds the sequence number, the run, and the wall time if
  ///     it has none.
  ///   - fileName: a name of one's own; a checkpoint of that name is replaced. By default
  ///     `<sequence>-step-<step>.ckpt`.
  /// - Throws: `CheckpointError`. With any code but `outcomeUnknown` the store is as it was; only the
  ///   error of an earlier background save comes after this save was made, and says so.
  @discardableResult
  public func save(
    _ checkpoint: Checkpoint, as fileName: String? = nil
  ) throws(CheckpointError) -> StoredCheckpoint {
    try save(checkpoint, as: fileName, insists: true)
  }

  /// - Parameter insists: whether a name that is pinned or another's is an error; otherwise the
  ///   checkpoint gets the store's own name then.
  @discardableResult
  package func save(
    _ checkpoint: Checkpoint, as fileName: String?, insists: Bool
  ) throws(CheckpointError) -> StoredCheckpoint {
    // Saves queued before come before.
    background.drain()
    let stored = try withLock { () throws(CheckpointError) in
      try self.saveLocked(checkpoint, as: fileName, insists: insists)
    }
    if var failure = background.takeFailure() {
      failure.message += " (an earlier save, in the background; this one is saved)"
      throw failure
    }
    return stored
  }

  /// Saves off the caller's thread.
  /// - Throws: as the method that blocks.
  @discardableResult
  public func save(
    _ checkpoint: Checkpoint, as fileName: String? = nil
  ) async throws(CheckpointError) -> StoredCheckpoint {
    try await BlockingPool.shared.run { () throws(CheckpointError) in
      try self.save(checkpoint, as: fileName)
    }
  }

  func saveLocked(
    _ original: Checkpoint, as preferredName: String?, insists: Bool = true
  ) throws(CheckpointError) -> StoredCheckpoint {
    let existing = try list()
    let newest = existing.last { $0.failure == nil && $0.sequence > 0 }
    let (sequence, isLast) = (existing.map(CheckpointStore.takenSequence).max() ?? 0)
      .addingReportingOverflow(1)
    guard !isLast else {
      throw CheckpointError(
        .limitExceeded, "a checkpoint has the last sequence number that there can be", path: path,
        advice: "move that one elsewhere")
    }
    var checkpoint = original
    if checkpoint.runID == .none { checkpoint.runID = newest?.summary.runID ?? .none }
    if checkpoint.runID == .none { checkpoint.runID = .random() }
    checkpoint.wallTime = checkpoint.wallTime ?? .now
    var fileName = try preferredName.map { (name) throws(CheckpointError) in try checked(name) }
    if let taken = fileName {
      do throws(CheckpointError) {
        try checkReplaceable(taken, existing)
      } catch {
        guard !insists, error.code == .exists else { throw error }
        fileName = nil
      }
    }
    let name =
      fileName ?? CheckpointStore.defaultName(sequence: sequence, step: checkpoint.step)
    let contents = try CheckpointWriter.plan(
      checkpoint, sequence: sequence, options: options.save)
    let unchanged = unchangedChunks(of: newest)
    let written = try ContainerWriter(
      contents: contents, options: options.save, directory: directory, unchanged: unchanged
    ).write(MemoryDataSource(tensors: checkpoint.tensors), as: name, replacing: fileName != nil)
    if unchanged?.isRefused == true { sharesBlocks.withLock { $0 = false } }
    // It is saved: nothing may fail any more, and now, not before, old ones may go. Should the file not
    // be readable this moment, what was written tells.
    defer { pruneAfterSave(run: checkpoint.runID) }
    if let stored = try? entry(named: name, pins: []), stored.failure == nil { return stored }
    return StoredCheckpoint(
      fileName: name, path: path.appending(name), sizeBytes: written.sizeBytes,
      fileID: written.fileID, summary: contents.summary, isPinned: false, failure: nil,
      created: checkpoint.wallTime ?? .now)
  }

  /// Refuses to replace what is no checkpoint, or is pinned.
  private func checkReplaceable(
    _ name: String, _ existing: [StoredCheckpoint]
  ) throws(CheckpointError) {
    let old = existing.first { $0.fileName == name }
    if old?.isPinned == true {
      throw CheckpointError(
        .exists, "the checkpoint of this name is pinned", path: path.appending(name),
        advice: "unpin it, or save under another name")
    }
    guard old == nil || old?.failure?.code == .notACheckpoint else { return }
    do throws(IOError) {
      _ = try directory.status(of: name)
    } catch {
      guard error.code == .notFound else { throw CheckpointError(error) }
      return
    }
    throw CheckpointError(
      .exists, "a file of this name is there that is no checkpoint", path: path.appending(name),
      advice: "save under another name")
  }

  /// The sequence number that a file has or, if it can't be read, that its name says it had: a number
  /// is not given twice.
  private static func takenSequence(_ stored: StoredCheckpoint) -> UInt64 {
    guard stored.failure != nil else { return stored.sequence }
    let digits = stored.fileName.prefix { $0.isASCII && $0.isNumber }
    let number = digits.count == 8 ? UInt64(digits) : nil
    return number ?? 0
  }

  static func defaultName(sequence: UInt64, step: UInt64?) -> String {
    padded(sequence) + (step.map { "-step-" + padded($0) } ?? "") + ".ckpt"
  }

  /// With eight digits at least, so that names sort as numbers do.
  static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private func checked(_ name: String) throws(CheckpointError) -> String {
    guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")),
      !name.utf8.contains(0), name.utf8.count <= 255
    else {
      throw CheckpointError(
        .invalidArgument, "\"\(name)\" can't be a checkpoint's name", path: path,
        advice: "use a plain file name without / that doesn't begin with a dot")
    }
    return name
  }

  // MARK: Listing

  /// All checkpoints, by sequence number; those that can't be read are among them, marked. Costs a
  /// small read per file that is new to this store object.
  /// - Throws: `CheckpointError` if the directory can't be read.
  public func list() throws(CheckpointError) -> [StoredCheckpoint] {
    var names = try fileNames()
    var entries = try entries(named: names)
    for _ in 0..<CheckpointStore.listingLimit {
      // Of a directory that changes meanwhile the newest might be missing, come and gone in between.
      let namesNow = try fileNames()
      if Set(namesNow) == Set(names) { break }
      names = namesNow
      entries = try self.entries(named: names)
    }
    catalog.forget(except: Set(names))
    return entries.sorted {
      ($0.sequence, $0.created, $0.fileName) < ($1.sequence, $1.created, $1.fileName)
    }
  }

  /// How often the directory is listed anew because it has changed.
  static let listingLimit = 100

  /// The names of what may be checkpoints.
  private func fileNames() throws(CheckpointError) -> [String] {
    do throws(IOError) {
      return try directory.entryNames().filter { !$0.hasPrefix(".") }
    } catch {
      throw CheckpointError(error)
    }
  }

  private func entries(named names: [String]) throws(CheckpointError) -> [StoredCheckpoint] {
    let pins = try pinnedIDs()
    var entries: [StoredCheckpoint] = []
    for name in names {
      if let entry = try entry(named: name, pins: pins) { entries.append(entry) }
    }
    return entries
  }

  /// The same off the caller's thread.
  /// - Throws: as the method that blocks.
  public func list() async throws(CheckpointError) -> [StoredCheckpoint] {
    try await BlockingPool.shared.run { () throws(CheckpointError) in try self.list() }
  }

  func entry(
    named name: String, pins: Set<UniqueID>
  ) throws(CheckpointError) -> StoredCheckpoint? {
    guard !name.hasPrefix(".") else { return nil }
    guard var entry = try catalog.entry(named: name, in: directory) else { return nil }
    entry.isPinned = pins.contains(entry.fileID)
    return entry
  }

  /// The checkpoint with that sequence number.
  /// - Throws: `CheckpointError` with code `notFound`.
  public func checkpoint(sequence: UInt64) throws(CheckpointError) -> StoredCheckpoint {
    guard let found = try list().last(where: { $0.failure == nil && $0.sequence == sequence })
    else {
      throw CheckpointError(.notFound, "no checkpoint has sequence number \(sequence)", path: path)
    }
    return found
  }

  // MARK: Locking

  /// Runs `body` as the directory's only writer.
  package func withLock<R>(_ body: () throws(CheckpointError) -> R) throws(CheckpointError) -> R {
    guard options.access == .readWrite else {
      throw CheckpointError(.permissionDenied, "the store was opened read-only", path: path)
    }
    let lock = try acquire(WriterLock.fileName, waitSeconds: options.lockWaitSeconds)
    defer { lock.release() }
    sweep()
    return try body()
  }

  /// Takes one of the store's locks.
  func acquire(
    _ fileName: String, waitSeconds: Double
  ) throws(CheckpointError) -> WriterLock {
    do {
      return try WriterLock.acquire(
        in: try privateDirectory(), fileName: fileName, waitSeconds: waitSeconds)
    } catch let error as IOError {
      throw CheckpointError(error)
    } catch WriterLockError.io(let error) {
      throw CheckpointError(error)
    } catch WriterLockError.held(let holder) {
      let process = holder.processID.map { "pid \($0)" } ?? "another process"
      let host = holder.host.map { " on host \($0)" } ?? ""
      let since = holder.sinceNanoseconds.map { " since \(Timestamp(nanoseconds: $0))" } ?? ""
      throw CheckpointError(
        .locked, "locked by \(process)\(host)\(since)", path: path,
        advice: "wait until it has saved, or use another directory")
    } catch {
      throw CheckpointError(.io, "\(error)", path: path)
    }
  }

  /// The folder of the store's own files; made if somebody has removed it.
  func privateDirectory() throws(IOError) -> any Directory {
    do throws(IOError) {
      return try directory.openDirectory(CheckpointStore.privateFolder)
    } catch {
      guard error.code == .notFound else { throw error }
      return try directory.makeDirectory(CheckpointStore.privateFolder)
    }
  }

  /// Removes what killed savers left. One that can't be removed is no reason not to save.
  private func sweep() {
    _ = try? StaleTemporaries.remove(in: directory)
  }
}
