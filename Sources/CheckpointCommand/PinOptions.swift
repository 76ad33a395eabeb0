internal import ArgumentParser
internal import Checkpoint
internal import SystemPackage

/// Which checkpoints to pin or unpin.
struct PinOptions: ParsableArguments {
  @Argument(help: "The directory.", completion: .directory, transform: FilePath.argument)
  var directory: FilePath

  @Argument(help: "File names or sequence numbers.")
  var checkpoints: [String]

  @Option(
    help: ArgumentHelp(
      "How long to wait for another process that writes to the directory.", valueName: "seconds"))
  var wait = 10.0

  func validate() throws {
    guard wait >= 0, wait.isFinite else { throw ValidationError("--wait can't be \(wait).") }
  }

  /// Pins or unpins them all.
  /// - Throws: `CheckpointError` with code `invalidArgument` if one is not there; nothing is changed
  ///   then.
  func change(isPinned: Bool, asJSON: Bool, on terminal: Terminal) throws -> ExitStatus {
    // Read-only first: opened for writing, a directory that is missing would be made.
    let present = try CheckpointStore(at: directory, options: StoreOptions(access: .readOnly))
      .list()
    var chosen: [StoredCheckpoint] = []
    for argument in checkpoints {
      let found = try present.named(argument, in: directory)
      if let failure = found.failure { throw failure }
      chosen.append(found)
    }
    let store = try CheckpointStore(
      at: directory, options: StoreOptions(lockWaitSeconds: wait))
    for stored in chosen {
      if isPinned { try store.pin(stored) } else { try store.unpin(stored) }
    }
    if asJSON {
      try terminal.print([
        "path": .string(directory.string), "pinned": .bool(isPinned),
        "checkpoints": .array(
          chosen.map {
            [
              "fileName": .string($0.fileName), "sequence": .count($0.sequence),
              "uuid": .string($0.fileID.description),
              "changed": .bool($0.isPinned != isPinned),
            ]
          }),
      ])
    } else {
      for stored in chosen {
        let already = stored.isPinned == isPinned ? " already" : ""
        try terminal.print(
          "\(stored.fileName.printable):\(already) \(isPinned ? "pinned" : "not pinned")")
      }
    }
    return .success
  }
}

extension [StoredCheckpoint] {
  /// The one with that file name, or if there is none, with that sequence number.
  /// - Throws: `CheckpointError` with code `invalidArgument` if there is none.
  func named(_ argument: String, in directory: FilePath) throws(CheckpointError) -> StoredCheckpoint
  {
    let bySequence = UInt64(argument).flatMap { number in
      last { $0.failure == nil && $0.sequence == number && number > 0 }
    }
    guard let found = first(where: { $0.fileName == argument }) ?? bySequence else {
      throw CheckpointError(
        .invalidArgument, "there is no such checkpoint", path: directory, item: argument,
        advice: "ckpt ls lists them")
    }
    return found
  }
}
