internal import Checkpoint
internal import SystemPackage

/// `ckpt prune --undo` and `--empty-trash`.
extension PruneSession {
  func restore() throws -> ExitStatus {
    try tell(try writingStore.restoreFromTrash(), "restored", "the trash is empty")
  }

  func emptyTrash() throws -> ExitStatus {
    try tell(try writingStore.emptyTrash(), "removed for good", "the trash is empty")
  }

  private func tell(
    _ files: [CheckpointStore.TrashedFile], _ verb: String, _ otherwise: String
  ) throws -> ExitStatus {
    if asJSON {
      try terminal.print([
        "path": .string(directory.string), "status": .string(verb),
        "files": .array(
          files.map {
            ["fileName": .string($0.fileName), "sizeBytes": .count($0.sizeBytes)]
          }),
      ])
      return .success
    }
    for file in files {
      try terminal.print("\(file.fileName.printable): \(verb) (\(HumanText.size(file.sizeBytes)))")
    }
    if files.isEmpty { try terminal.note("\(otherwise): \(directory.string.printable)") }
    return .success
  }
}
