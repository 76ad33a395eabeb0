import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

/// A sector that the disk can't read (EIO) is damage to what stands there, and to no more.
@Suite("Unreadable sectors")
struct UnreadableSectorTests {
  let directory = TemporaryDirectory()
  let files = BadFileSystem()
  var path: FilePath { directory.file("a.ckpt") }

  /// Four chunks of one row each, and an index of several sectors, whose payload begins in the third.
  private func save() throws -> (checkpoint: Checkpoint, sizeBytes: UInt64, chunks: [ChunkInfo]) {
    var checkpoint = Checkpoint(step: 3)
    checkpoint.tensors["w"] = Tensor((0..<65_536).map { Float($0) }, shape: [4, 16_384])
    checkpoint.blobs["random"] = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
    for number in 0..<200 { checkpoint.blobs["empty \(number)"] = [] }
    let options = SaveOptions(compression: .none, chunkSizeBytes: 65536)
    try CheckpointWriter(path, options: options).write(checkpoint)
    let reader = try CheckpointReader(path)
    return (checkpoint, reader.fileSizeBytes, try reader.chunkInfos("w"))
  }

  private func salvage() throws -> (SalvageReport, Checkpoint) {
    let output = directory.file("b.ckpt")
    let report = try Salvage.salvage(
      path, to: output, options: SaveOptions(), replacing: true, in: files)
    return (report, try CheckpointReader(output).load())
  }

  @Test("in one block or one copy of the index cost nothing, and are reported")
  func spares() throws {
    let (checkpoint, size, chunks) = try save()
    let tail = chunks[3].byteOffset + 65536
    for place in [0, 4096, 12_000, tail, tail + 8192, size - 4096] {
      files.badRanges = [place..<place + 1]
      let reader = try CheckpointReader(path, in: files)
      #expect(try reader.tensor("w") == checkpoint.tensors["w"])
      let verification = try reader.verify()
      #expect(verification.state == .degraded, "\(place): \(verification.findings)")
      #expect(verification.findings.map(\.error.errno).contains(.ioError), "\(place)")
      let (report, rescued) = try salvage()
      #expect(report.losses.isEmpty)
      #expect(rescued.tensors == checkpoint.tensors && rescued.blobs == checkpoint.blobs)
    }
  }

  @Test("in both copies of the index cost nothing while they hit different sections")
  func bothCopies() throws {
    let (checkpoint, size, _) = try save()
    // The summary in the head, the end of the payload in the tail.
    files.badRanges = [4096 + 600..<4096 + 601, size - 4096 - 8192..<size - 4096 - 8191]
    let reader = try CheckpointReader(path, in: files)
    #expect(reader.damage.map(\.errno) == [.ioError, .ioError])
    #expect(try reader.blob("random") == checkpoint.blobs["random"])
    #expect(try salvage().0.losses.isEmpty)
  }

  @Test("in both copies of the same are the disk's error")
  func noCopy() throws {
    let (_, size, chunks) = try save()
    let tail = chunks[3].byteOffset + 65536
    for ranges in [[0..<1, size - 1..<size], [4096..<4097, tail..<tail + 1]] {
      files.badRanges = ranges
      let opening = #expect(throws: CheckpointError.self) { try CheckpointReader(path, in: files) }
      #expect(opening?.code == .io && opening?.errno == .ioError && opening?.path == path)
      let salvaging = #expect(throws: CheckpointError.self) { _ = try salvage() }
      #expect(salvaging?.code == .io && salvaging?.errno == .ioError)
    }
  }

  @Test("in a chunk are a finding for verification and a lost chunk for salvage")
  func chunk() throws {
    let (_, _, chunks) = try save()
    files.badRanges = [chunks[2].byteOffset + 5..<chunks[2].byteOffset + 6]
    let verification = try CheckpointReader(path, in: files).verify()
    #expect(verification.state == .damaged)
    #expect(verification.findings.map(\.rows) == [2..<3])
    #expect(verification.findings.map(\.error.byteOffset) == [chunks[2].byteOffset])
    let (report, rescued) = try salvage()
    #expect(report.losses.map(\.rows) == [[2..<3]])
    #expect(try rescued.tensors["w"]?.elements(as: Float.self)[2 * 16_384].isNaN == true)
  }

  @Test("are nothing else: every other error of the system ends opening, verifying, salvaging")
  func otherErrors() throws {
    let (_, size, chunks) = try save()
    for errno in [Errno.tooManyOpenFiles, .noMemory, .timedOut, .staleNFSFileHandle] {
      files.errno = errno
      for place in [0, 4096, size - 4096] {
        files.badRanges = [place..<place + 1]
        let opening = #expect(throws: CheckpointError.self) {
          try CheckpointReader(path, in: files)
        }
        #expect(opening?.errno == errno)
        let salvaging = #expect(throws: CheckpointError.self) { try salvage() }
        #expect(salvaging?.errno == errno)
      }
      for place in [chunks[1].byteOffset, chunks[3].byteOffset + 65536] {
        files.badRanges = [place..<place + 1]
        let reader = try CheckpointReader(path, in: files)
        let verifying = #expect(throws: CheckpointError.self) { try reader.verify() }
        #expect(verifying?.errno == errno)
      }
      files.badRanges = [chunks[1].byteOffset..<chunks[1].byteOffset + 1]
      let salvaging = #expect(throws: CheckpointError.self) { try salvage() }
      #expect(salvaging?.errno == errno)
      #expect(try directory.names() == ["a.ckpt"])
    }
  }
}
