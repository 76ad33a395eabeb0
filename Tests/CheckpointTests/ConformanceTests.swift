import Checkpoint
import ContainerSurgery
import Foundation
import SystemPackage
import Testing

/// Two readers that know FORMAT.md and not one another must see the same.
@Suite(
  "The reader in Python and this one agree",
  .enabled(if: PythonReader.isThere, "python3 with numpy is missing"))
struct ConformanceTests {
  let directory = TemporaryDirectory()

  @Test("on the golden files, and both on what is written beside them")
  func goldenFiles() throws {
    let paths = GoldenFile.allCases.map {
      $0.directory.appendingPathComponent("\($0.rawValue).ckpt").path
    }
    let reports = try PythonReader.read(paths)
    for (golden, report) in zip(GoldenFile.allCases, reports) {
      #expect(report.refusal == nil && report.findings == [] && report.degraded == [])
      #expect(try report.description == golden.expected(), "\(golden)")
      let reader = try CheckpointReader("golden", in: MemoryFileSystem(try golden.bytes()))
      #expect(report.storedBytes == Int64(reader.summary.storedBytes), "\(golden)")
    }
  }

  @Test("on what is written today, with every preset")
  func freshFiles() throws {
    var names: [String] = []
    for golden in GoldenFile.allCases {
      for compression in Compression.allCases {
        var options = golden.options
        options.compression = compression
        options.digests.toggle()
        let name = "\(golden.rawValue)-\(compression)"
        try CheckpointWriter(directory.file(name), options: options).write(golden.checkpoint)
        names.append(name)
      }
    }
    let reports = try PythonReader.read(names.map { directory.file($0).string })
    for (name, report) in zip(names, reports) {
      let reader = try CheckpointReader(directory.file(name))
      #expect(report.refusal == nil && report.findings == [] && report.degraded == [])
      #expect(try report.description == ContainerDescription.of(reader), "\(name)")
      #expect(report.storedBytes == Int64(reader.summary.storedBytes), "\(name)")
    }
  }

  @Test("on what the writer in Python writes, which places chunks as no writer here does")
  func sample() throws {
    let path = directory.file("sample")
    try PythonReader.writeSample(to: path.string)
    let reader = try CheckpointReader(path)
    let verification = try reader.verify()
    #expect(verification.state == .intact, "\(verification.findings)")
    let report = try #require(try PythonReader.read([path.string]).first)
    #expect(report.refusal == nil && report.findings == [])
    #expect(try report.description == ContainerDescription.of(reader))
    let encodings = try reader.tensorNames.flatMap { try reader.chunkInfos($0).map(\.encoding) }
    #expect(
      Set(encodings)
        == [
          "raw", "constant", "lz4", "deflate", "deflate, huffman only", "byte planes",
          "float split",
        ])
  }

  /// Where a number is so large that it passes a limit as well, either name is right (FORMAT.md).
  private let alsoBeyondLimits = [
    "sectionBounds: a length near 2^64", "sectionLength: a product beyond 64 bits",
  ]

  @Test("on the golden errors: the same rule, at the same moment")
  func goldenErrors() throws {
    for (number, damaged) in RuleCase.all.enumerated() {
      try directory.write(damaged.bytes, to: "\(number)")
    }
    let paths = RuleCase.all.indices.map { directory.file("\($0)").string }
    for (damaged, report) in zip(RuleCase.all, try PythonReader.read(paths)) {
      let what = Comment(rawValue: "\(damaged.testDescription), there \(report)")
      let rule = damaged.rule.rawValue
      switch damaged.moment {
      case .opening:
        let mayBeLimit = alsoBeyondLimits.contains(damaged.testDescription)
        #expect(report.refusal == rule || mayBeLimit && report.refusal == "limit", what)
      case .spare:
        #expect(report.refusal == nil && !report.degraded.isEmpty, what)
        // Both names are right for a damaged copy of the index.
        let names = rule == "indexChecksum" ? [rule, "indexMismatch"] : [rule]
        #expect(report.findings.contains(where: names.contains), what)
      case .reading, .readingDocument, .verifying:
        #expect(report.refusal == nil && report.findings.contains(rule), what)
      }
    }
  }
}
