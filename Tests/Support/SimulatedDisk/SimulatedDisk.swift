package import CheckpointIO
package import SystemPackage

/// A file system in memory whose power can be cut at any operation, and which then shows every
/// state in which the disk may be found.
///
/// ```swift
/// let disk = SimulatedDisk(powerCutAfterOperation: 5)
/// try? save(to: disk)  // operation 6 and all later ones throw
/// for image in disk.survivingStates(.anySubset).images {
///   let found = SimulatedDisk(mounting: image)
///   // read it
/// }
/// ```
///
/// `CrashExplorer` does this for every operation of a workload.
package final class SimulatedDisk: FileSystem {
  struct State {
    var model: DiskModel
    var faults: [Fault]
    var powerCutAfterOperation: Int?
    var capacityBytes: UInt64?
    var sharesBlocks: Bool
    var sharedBytes = 0
    var isPowerOff = false
    var isShutDown = false
    var operations: [DiskOperation] = []
    var ordinals: [DiskOperation.Kind: Int] = [:]
    /// Open files and directories, by handle.
    var openHandles: [Int: NodeID] = [:]
    var nextHandle = 1
    var locks: [NodeID: [Int: LockKind]] = [:]
  }

  let state: Locked<State>
  /// The unit in which written data survives, is lost or torn.
  package let pageSizeBytes: Int

  /// An empty disk, or one found in the state of `image`.
  ///
  /// - Parameters:
  ///   - image: What is on it, durably.
  ///   - pageSizeBytes: Small pages make for many of them in small files.
  ///   - capacityBytes: How much fits, if that matters: beyond it, ENOSPC.
  ///   - sharesBlocks: Whether files can share blocks.
  ///   - faults: What shall go wrong.
  ///   - powerCutAfterOperation: That many operations succeed; from then on every call throws.
  package init(
    mounting image: DiskImage = DiskImage(), pageSizeBytes: Int = 4096,
    capacityBytes: UInt64? = nil, sharesBlocks: Bool = false, faults: [Fault] = [],
    powerCutAfterOperation: Int? = nil
  ) {
    self.pageSizeBytes = pageSizeBytes
    state = Locked(
      State(
        model: DiskModel(mounting: image, pageSizeBytes: pageSizeBytes), faults: faults,
        powerCutAfterOperation: powerCutAfterOperation, capacityBytes: capacityBytes,
        sharesBlocks: sharesBlocks))
  }

  /// The operations performed so far, failed ones included.
  package var operations: [DiskOperation] { state.withLock { $0.operations } }

  /// How many bytes have been shared instead of written, all files together.
  package var sharedBytes: Int { state.withLock { $0.sharedBytes } }

  /// How many there were: the places where `powerCutAfterOperation` can cut.
  package var operationCount: Int { state.withLock { $0.operations.count } }

  /// Whether the power cut has been reached.
  package var isPowerOff: Bool { state.withLock { $0.isPowerOff } }

  /// What a reader sees now, durable or not.
  package var visibleImage: DiskImage {
    state.withLock { $0.model.visibleImage }
  }

  /// Cuts the power now.
  package func cutPower() {
    state.withLock { $0.isPowerOff = true }
  }

  /// Ends the process that uses the disk (`kill -9`): its open files are closed and its locks
  /// freed; what it has written stays, durable or not. Handles from before throw.
  package func killProcess() {
    state.withLock { state in
      state.openHandles = [:]
      state.locks = [:]
    }
  }

  /// Which states a power cut now may leave: all of them if there are at most `limit`, otherwise
  /// `sampleCount` drawn with `seed`.
  ///
  /// - Parameter isIrrelevant: Names of files whose content doesn't matter (temporaries, locks):
  ///   it isn't varied, which keeps the number down.
  package func survivingStates(
    _ model: SurvivalModel, limit: Int = 20_000, sampleCount: Int = 500, seed: UInt64 = 1,
    isIrrelevant: (String) -> Bool = { _ in false }
  ) -> SurvivingStates {
    let disk = state.withLock { $0.model }
    var random = SplitMix64(seed: seed)
    return disk.survivingStates(
      model, limit: limit, sampleCount: sampleCount, random: &random, isIrrelevant: isIrrelevant)
  }

  // MARK: FileSystem

  package func openDirectory(_ path: FilePath) throws(IOError) -> any Directory {
    try look("open", path) { state throws(IOError) in
      guard let node = state.model.node(at: path), state.model.isDirectory(node) else {
        throw IOError(.noSuchFileOrDirectory, operation: "open", path: path)
      }
      return SimulatedDirectory(disk: self, node: node, handle: state.open(node), path: path)
    }
  }

  package func createDirectory(_ path: FilePath) throws(IOError) {
    var directory = try openDirectory("/")
    for component in path.components where component.kind == .regular {
      directory = try directory.makeDirectory(component.string)
    }
  }

  package func status(of path: FilePath) throws(IOError) -> FileStatus {
    try look("stat", path) { state throws(IOError) in
      guard let node = state.model.node(at: path) else {
        throw IOError(.noSuchFileOrDirectory, operation: "stat", path: path)
      }
      return state.model.status(of: node)
    }
  }
}
