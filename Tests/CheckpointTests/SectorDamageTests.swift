import Checkpoint
import ContainerSurgery
import Foundation
import SystemPackage
import Testing

/// FORMAT.md §2: no single damaged sector costs more than the chunks that have bytes in it, and for
/// large tensors that is one. With `CKPT_LONG_TESTS=1` the container has some MB, and each sector is
/// salvaged too; by default every 17th.
@Suite("A sector of 4096 bytes, zeroed, in every place")
struct SectorDamageTests {
  static let isLong = ProcessInfo.processInfo.environment["CKPT_LONG_TESTS"] == "1"

  let directory = TemporaryDirectory()

  /// Large tensors have one row per chunk.
  private static let content: Checkpoint = {
    var checkpoint = Checkpoint(step: 1)
    let rows = isLong ? 12 : 3
    checkpoint.tensors = [
      "large/f32": GoldenFile.tensor(.f32, [rows, 16384], .normal),
      "large/i64": GoldenFile.tensor(.i64, [rows, 8192], .ramp),
      "large/u8": GoldenFile.tensor(.u8, [rows, 65536], .random),
      "large/u16": GoldenFile.tensor(.u16, [rows, 32768], .sparse),
    ]
    for number in 0..<30 {
      checkpoint.tensors["small/\(number)"] = GoldenFile.tensor(.f32, [50 + number * 7], .normal)
    }
    checkpoint.documents = ["training": ["x": 1]]
    checkpoint.blobs = ["rng": [1, 2, 3]]
    return checkpoint
  }()

  /// A chunk: which row of which tensor, and where.
  private struct Place {
    var tensor: String
    var row: Int
    var range: Range<Int>
  }

  private func save(_ compression: Compression) throws -> (MemoryFile, [Place]) {
    let options = SaveOptions(compression: compression, chunkSizeBytes: 65536)
    try CheckpointWriter(directory.file("a"), options: options).write(SectorDamageTests.content)
    let reader = try CheckpointReader(directory.file("a"))
    let places = try reader.tensorNames.flatMap { name in
      try reader.chunkInfos(name).enumerated().map { row, chunk in
        let start = Int(chunk.byteOffset)
        return Place(tensor: name, row: row, range: start..<start + chunk.storedBytes)
      }
    }
    return (MemoryFile(try directory.bytes("a")), places)
  }

  /// The chunks that zeroing the sector changes.
  private func hit(_ sector: Range<Int>, _ places: [Place], _ bytes: [UInt8]) -> [Place] {
    places.filter { bytes[$0.range.clamped(to: sector)].contains { $0 != 0 } }
  }

  @Test(
    "costs the chunks in it, one for large tensors; all else reads", arguments: Compression.allCases
  )
  func everySector(_ compression: Compression) throws {
    let (file, places) = try save(compression)
    var lostChunks: [Int: Int] = [:]
    for start in stride(from: 0, to: file.count, by: 4096) {
      let sector = start..<start + 4096
      let hit = hit(sector, places, file.bytes)
      let before = file.zero(sector)
      defer { file.restore(before, at: start) }
      guard before.contains(where: { $0 != 0 }) else { continue }
      lostChunks[hit.count, default: 0] += 1
      #expect(hit.count { $0.tensor.hasPrefix("large") } <= 1, "sector at \(start)")
      let reader = try CheckpointReader("a", in: MemoryFileSystem(file))
      let verification = try reader.verify()
      #expect(verification.state == (hit.isEmpty ? .degraded : .damaged), "sector at \(start)")
      let lost = verification.findings.filter(\.losesContent)
      #expect(lost.compactMap(\.tensor).sorted() == hit.map(\.tensor).sorted())
      try checkReading(reader, lost: hit)
    }
    print("counts of sectors, \(compression), by the chunks lost: \(lostChunks)")
  }

  /// Tensors that are not hit are whole, and of those that are every row that is not.
  private func checkReading(_ reader: CheckpointReader, lost: [Place]) throws {
    #expect(try reader.document("training") == ["x": 1] && reader.blob("rng") == [1, 2, 3])
    for (name, tensor) in SectorDamageTests.content.tensors {
      let rows = lost.filter { $0.tensor == name }.map(\.row)
      guard let lostRow = rows.first else {
        // Large ones that are whole have been verified; small ones are quick to compare.
        if !name.hasPrefix("large") { #expect(try reader.tensor(name) == tensor, "\(name)") }
        continue
      }
      #expect(throws: CheckpointError.self) { try reader.tensor(name) }
      guard name.hasPrefix("large") else { continue }
      for row in 0..<tensor.shape[0] where row != lostRow {
        let read = try reader.tensor(name, rows: row..<row + 1)
        let expected = tensor.withUnsafeBytes { Array($0[row * 65536..<(row + 1) * 65536]) }
        let isSame = read.withUnsafeBytes { Array($0) == expected }
        #expect(isSame, "\(name), row \(row)")
      }
    }
  }

  @Test(
    "leaves a file of which salvage loses the chunks hit and no more",
    arguments: Compression.allCases)
  func salvaged(_ compression: Compression) throws {
    let (file, places) = try save(compression)
    let step = SectorDamageTests.isLong ? 4096 : 17 * 4096
    for start in stride(from: 0, to: file.count, by: step) {
      let hit = hit(start..<start + 4096, places, file.bytes)
      let before = file.zero(start..<start + 4096)
      defer { file.restore(before, at: start) }
      try directory.write(file.bytes, to: "damaged")
      let report = try Salvage.salvage(
        directory.file("damaged"), to: directory.file("saved"), replacing: true)
      #expect(report.losses.map(\.tensor) == Set(hit.map(\.tensor)).sorted(), "sector at \(start)")
      let rescued: Checkpoint = try CheckpointReader(directory.file("saved")).load()
      for (name, tensor) in SectorDamageTests.content.tensors {
        let saved = try #require(rescued.tensors[name])
        let lost = hit.filter { $0.tensor == name }.map(\.row)
        let same = saved.withUnsafeBytes { saved in
          tensor.withUnsafeBytes { whole in
            stride(from: 0, to: whole.count, by: 65536).allSatisfy { start in
              lost.contains(start / 65536) || isSame(saved, whole, from: start)
            }
          }
        }
        #expect(same, "\(name), sector at \(start)")
      }
      #expect(rescued.documents["training"] == ["x": 1] && rescued.blobs["rng"] == [1, 2, 3])
    }
  }

  /// Whether both hold the same bytes from there to the chunk's end.
  private func isSame(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, from start: Int
  ) -> Bool {
    let range = start..<min(start + 65536, a.count)
    return a.count == b.count && Array(a[range]) == Array(b[range])
  }
}
