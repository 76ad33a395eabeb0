import Checkpoint
import Foundation

/// The reader of Tests/Conformance, run as a process of its own.
enum PythonReader {
  /// Whether there is a python3 with numpy. Where not, a line on the terminal says so.
  static let isThere: Bool = {
    if (try? run(["-c", "import numpy"]))?.status == 0 { return true }
    FileHandle.standardError.write(
      Data("WARNING: no python3 with numpy; the second reader is NOT compared.\n".utf8))
    return false
  }()

  /// What it says of one file.
  struct Report {
    /// The rule for which the file is refused, if it is.
    var refusal: String?
    /// The rules that verification found broken.
    var findings: [String]
    /// As `ContainerDescription`.
    var description: JSONValue
    var storedBytes: Int64?
    var degraded: [String]
  }

  /// Reads and verifies files, in one process.
  static func read(_ paths: [String]) throws -> [Report] {
    let script = directory.appendingPathComponent("ckpt_reader.py").path
    let (status, output) = try run([script, "--json"] + paths)
    guard status <= 2 else { throw Failure(status: status, output: output) }
    let reports = try output.split(separator: "\n").map { line in
      try report(try JSONValue.parse(String(line)))
    }
    guard reports.count == paths.count else { throw Failure(status: status, output: output) }
    return reports
  }

  /// Writes the sample container.
  static func writeSample(to path: String) throws {
    let script = directory.appendingPathComponent("ckpt_sample_writer.py").path
    let (status, output) = try run([script, path])
    guard status == 0 else { throw Failure(status: status, output: output) }
  }

  /// It failed by itself, rather than that it refused a file.
  struct Failure: Error {
    var status: Int32
    var output: String
  }

  private static var directory: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Conformance")
  }

  private static func report(_ json: JSONValue) throws -> Report {
    var summary = json["summary"]?.objectValue ?? [:]
    let storedBytes = summary["stored_bytes"]?.intValue
    summary["stored_bytes"] = nil
    return Report(
      refusal: json["error"]?.stringValue,
      findings: (json["findings"]?.arrayValue ?? []).compactMap { $0["rule"]?.stringValue },
      description: [
        "summary": .object(summary), "tensors": json["tensors"] ?? nil,
        "documents": json["documents"] ?? nil, "blobs": json["blobs"] ?? nil,
      ],
      storedBytes: storedBytes,
      degraded: (json["degraded"]?.arrayValue ?? []).compactMap(\.stringValue))
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // No byte code beside the sources.
    process.arguments = ["python3", "-B"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
