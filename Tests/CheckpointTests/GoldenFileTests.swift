import Checkpoint
import ContainerSurgery
import Foundation
import SystemPackage
import Testing

/// With `CKPT_WRITE_GOLDEN=1` in the environment the files are written instead of compared; only
/// before the release of a version, and where the difference is understood.
@Suite("Golden files")
struct GoldenFileTests {
  let directory = TemporaryDirectory()

  private static let isWriting =
    ProcessInfo.processInfo.environment["CKPT_WRITE_GOLDEN"] == "1"

  @Test("are read, every fact and byte", arguments: GoldenFile.allCases)
  func reading(_ golden: GoldenFile) throws {
    let reader = try CheckpointReader("golden", in: MemoryFileSystem(try golden.bytes()))
    #expect(try ContainerDescription.of(reader) == golden.expected())
    #expect(reader.damage.isEmpty && reader.formatVersion == golden.version)
    let verification = try reader.verify()
    #expect(verification.state == .intact, "\(verification.findings)")
    #expect(verification.checkedBytes == reader.fileSizeBytes)
  }

  @Test("are what is written today", arguments: GoldenFile.allCases)
  func writing(_ golden: GoldenFile) throws {
    let name = "\(golden.rawValue).ckpt"
    let checkpoint = golden.checkpoint
    try CheckpointWriter(directory.file(name), options: golden.options).write(checkpoint)
    let bytes = try directory.bytes(name)
    let described = ContainerDescription.of(checkpoint, options: golden.options)
    if GoldenFileTests.isWriting {
      let target = golden.directory
      try Data(bytes).write(to: target.appendingPathComponent(name))
      try Data((described.text(pretty: true) + "\n").utf8)
        .write(to: target.appendingPathComponent("\(golden.rawValue).json"))
      return
    }
    #expect(try golden.expected() == described)
    if golden.isCoded {
      let reader = try CheckpointReader(directory.file(name))
      #expect(try ContainerDescription.of(reader) == described)
    } else {
      #expect(try golden.bytes() == bytes)
    }
  }

  @Test("are all there, and small")
  func files() throws {
    for version in ["1.0", "1.1"] {
      let names = try FileManager.default.contentsOfDirectory(
        atPath: GoldenFile.directory(version: version).path)
      let expected = GoldenFile.allCases.filter { $0.version == version }
        .flatMap { ["\($0.rawValue).ckpt", "\($0.rawValue).json"] }
      #expect(Set(names) == Set(expected))
    }
    for golden in GoldenFile.allCases {
      #expect(try golden.bytes().count < 92_000, "\(golden)")
    }
  }

  @Test("use every transform and codec of the format")
  func encodings() throws {
    var encodings: Set<String> = []
    for golden in [GoldenFile.fast, .compact, .exponentWindow, .fourStreamHuffman] {
      let reader = try CheckpointReader("golden", in: MemoryFileSystem(try golden.bytes()))
      for name in reader.tensorNames {
        for chunk in try reader.chunkInfos(name) { encodings.insert(chunk.encoding) }
      }
    }
    #expect(
      encodings.isSuperset(of: [
        "raw", "constant", "lz4", "deflate", "byte planes", "float split", "window", "huffman",
      ]))
  }
}
