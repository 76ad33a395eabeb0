import Checkpoint
import CheckpointFormat
import ContainerSurgery
import Foundation
import SystemPackage
import Testing

/// In a process of its own that may have little memory: an allocation by a number that a file made up
/// ends it.
@Suite("Memory for files of a few KB stays small, whatever they claim")
struct HostileMemoryTests {
  /// Lets this process have 256 MiB more for data than it has.
  private static func limitMemory() {
    #if os(Linux)
      let statistics = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
      let pages = statistics.split(separator: " ").dropFirst(5).first.flatMap { UInt64($0) } ?? 0
      var limit = rlimit()
      limit.rlim_cur = UInt(pages * 4096 + 256 << 20)
      limit.rlim_max = limit.rlim_cur
      guard setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0 else { exit(2) }
    #endif
  }

  private static func readAll(_ bytes: [UInt8]) {
    do throws(CheckpointError) {
      let reader = try CheckpointReader("hostile", in: MemoryFileSystem(bytes))
      _ = try reader.verify()
      let _: Checkpoint = try reader.load()
    } catch {}
  }

  #if os(Linux)
    @Test("the limit bites: this is what a failure looks like")
    func limit() async {
      await #expect(processExitsWith: .failure) {
        HostileMemoryTests.limitMemory()
        let bytes = [UInt8](repeating: 1, count: 1 << 30)
        print(bytes[Int.random(in: 0..<bytes.count)])
      }
    }
  #endif

  @Test("opening, verifying and loading")
  func reading() async {
    await #expect(processExitsWith: .success) {
      let sound = RuleCase.sound
      HostileMemoryTests.limitMemory()
      for value in [1 << 32, 1 << 40, UInt64(Int64.max), .max] {
        for at in stride(from: 64, to: 96, by: 8) {
          var surgery = sound
          surgery.setBlocks(at, value)
          HostileMemoryTests.readAll(surgery.sealed())
        }
        // Header and table; then, field by field, the first record of each section.
        let places = Array(stride(from: 0, to: sound.place(.summary), by: 8))
        let records = SectionKind.allCases.filter { $0.recordBytes > 1 }.flatMap { kind in
          stride(from: 0, to: kind.recordBytes, by: 8).map { sound.place(kind) + $0 }
        }
        for at in places + records {
          var surgery = sound
          surgery.setIndex(at, value)
          HostileMemoryTests.readAll(surgery.sealed())
        }
      }
    }
  }

  @Test("salvaging what claims to be cut off")
  func salvaging() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      HostileMemoryTests.limitMemory()
      for length in [1 << 20, 1 << 33, 1 << 40, 1 << 60] as [UInt64] {
        var block = Block(
          chunkSizeBytes: 65536, fileID: .none, created: Timestamp(nanoseconds: 0))
        block.place(indexLengthBytes: length, dataEnd: 0)
        let bytes = block.encoded(as: .superblock) + [UInt8](repeating: 0, count: 8192)
        try directory.write(bytes, to: "torn")
        do throws(CheckpointError) {
          _ = try Salvage.salvage(directory.file("torn"), to: directory.file("saved"))
          exit(3)
        } catch {}
      }
    }
  }
}
