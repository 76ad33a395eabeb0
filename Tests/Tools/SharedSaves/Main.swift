import Foundation
import SystemPackage

/// Saves mostly unchanged states on a file system that shares blocks, with and without sharing, and checks what
/// came of it. Run by `Scripts/reflink-test`.
///
///     shared-saves DIRECTORY [MEBIBYTES, 256 by default] [ROUNDS, 3 by default] [--roomy]
///     shared-saves DIRECTORY --keep: leaves a store with two checkpoints
@main
struct Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let path = arguments.first else { exit(64) }
    let sizes = arguments.dropFirst().compactMap { Int($0) }
    let test = SharingTest(
      directory: FilePath(path), mebibytes: sizes.first ?? 256,
      roundCount: sizes.dropFirst().first ?? 3)
    if arguments.last == "--keep" { return try test.leave() }
    // btrfs has more room than it tells.
    try test.run(onFullDisk: arguments.last != "--roomy")
  }
}
