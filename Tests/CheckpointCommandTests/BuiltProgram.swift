import Foundation
import Testing

/// The `ckpt` that was built with the tests.
enum BuiltProgram {
  /// Where the test runner was built, `ckpt` was built too.
  static var path: String {
    get throws {
      let runner = URL(fileURLWithPath: CommandLine.arguments[0])
      let candidates = [
        Bundle.main.bundleURL, runner.deletingLastPathComponent(),
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent().appending(path: ".build/debug"),
      ].map { $0.appending(path: "ckpt").path }
      return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0) })
    }
  }
}
