import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

/// Each step of a save that fails gives the outcome that is documented for it.
@Suite struct PublishOutcomeTests {
  struct Failure: Sendable, CustomTestStringConvertible {
    var fault: Fault
    var outcome: PublishError.Outcome
    var testDescription: String { "\(fault.effect) at \(fault.kind.rawValue) \(fault.ordinal)" }

    init(
      _ effect: Fault.Effect, _ kind: DiskOperation.Kind, _ outcome: PublishError.Outcome,
      ordinal: Int = 1
    ) {
      fault = Fault(effect, at: kind, ordinal: ordinal)
      self.outcome = outcome
    }
  }

  static let failures: [Failure] = [
    // Before the rename nothing can have happened to the old state.
    Failure(.fail(.ioError), .truncate, .notSaved),
    Failure(.fail(.ioError), .synchronizeFile, .notSaved),
    Failure(.failAndForget, .synchronizeFile, .notSaved),
    // An interrupted fsync may have been the one to be told of lost pages: no second try.
    Failure(.fail(.interrupted), .synchronizeFile, .notSaved),
    // A rename that was refused: by its errno, and by the looks of both names.
    Failure(.fail(.noSpace), .rename, .notSaved),
    Failure(.fail(.permissionDenied), .rename, .notSaved),
    Failure(.fail(.readOnlyFileSystem), .rename, .notSaved),
    // Refused by its errno, but made all the same: a request that NFS repeated.
    Failure(.failAfterwards(.fileExists), .rename, .outcomeUnknown),
    Failure(.failAfterwards(.noSuchFileOrDirectory), .rename, .outcomeUnknown),
    // Errors that say nothing about what has reached the disk.
    Failure(.fail(.ioError), .rename, .outcomeUnknown),
    Failure(.failAfterwards(.ioError), .rename, .outcomeUnknown),
    // After it the name is there, but may not survive.
    Failure(.fail(.ioError), .synchronizeDirectory, .outcomeUnknown),
    Failure(.failAndForget, .synchronizeDirectory, .outcomeUnknown),
    Failure(.shutDown, .synchronizeDirectory, .outcomeUnknown),
    Failure(.fail(.ioError), .synchronizeFile, .outcomeUnknown, ordinal: 2),
  ]

  @Test("A commit that fails says what is known", arguments: failures, [true, false])
  func commitFails(_ failure: Failure, replacing: Bool) throws {
    let image = DiskImage(entries: replacing ? ["a": .file([9])] : [:])
    let disk = SimulatedDisk(mounting: image, faults: [failure.fault])
    let directory = try disk.openDirectory("/")
    let file = try AtomicFile(in: directory, expectedSizeBytes: 100)
    try [UInt8(1)].withUnsafeBytes { try file.write($0, at: 0) }
    let error = #expect(throws: PublishError.self) {
      try file.commit(as: "a", replacing: replacing)
    }
    #expect(error?.outcome == failure.outcome)
    if failure.outcome == .notSaved {
      #expect(disk.visibleImage == image, "the old state is untouched and no temporary is left")
    }
    // Once it has failed, nothing is done any more when it goes.
    let operationCount = disk.operationCount
    file.discard()
    #expect(disk.operationCount == operationCount)
  }

  @Test(
    "What fails before the commit throws there, and leaves nothing",
    arguments: [
      Fault(.fail(.permissionDenied), at: .create), Fault(.fail(.noSpace), at: .allocate),
    ])
  func creationFails(_ fault: Fault) throws {
    let disk = SimulatedDisk(faults: [fault])
    #expect(throws: IOError.self) {
      try AtomicFile(in: disk.openDirectory("/"), expectedSizeBytes: 100)
    }
    #expect(disk.visibleImage == DiskImage())
  }

  @Test(
    "After a write that failed, even unnoticed, there is no commit",
    arguments: [
      Fault(.fail(.noSpace), at: .write, ordinal: 2),
      // Were it not for the check, a loop over short writes would never end.
      Fault(.short(limitBytes: 0), at: .write, ordinal: 2),
    ])
  func writeFails(_ fault: Fault) throws {
    let disk = SimulatedDisk(faults: [fault])
    let file = try AtomicFile(in: disk.openDirectory("/"))
    try [UInt8(1)].withUnsafeBytes { try file.write($0, at: 0) }
    let error = #expect(throws: IOError.self) {
      try [UInt8(2)].withUnsafeBytes { try file.write($0, at: 1) }
    }
    let commit = #expect(throws: PublishError.self) { try file.commit(as: "a", replacing: true) }
    #expect(commit?.outcome == .notSaved)
    #expect(commit?.cause == error)
    #expect(disk.visibleImage == DiskImage())
  }

  @Test("Where space can't be reserved the file grows as it is written")
  func reservesNothing() throws {
    let disk = SimulatedDisk(faults: [Fault(.fail(.notSupported), at: .allocate)])
    try disk.openDirectory("/").publish([1], as: "a")
    #expect(disk.visibleImage == DiskImage(entries: ["a": .file([1])]))
  }
}
