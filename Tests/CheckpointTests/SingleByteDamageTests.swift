import Checkpoint
import ContainerSurgery
import Foundation
import Testing

/// FORMAT.md §7: "Any change of any single byte of a file is found."
///
/// By default the bytes are dealt out to six containers, and each is changed in one of three ways. With
/// `CKPT_LONG_TESTS=1` every byte of each container is changed in each of the ways (some minutes in a
/// debug build).
@Suite("Damage in one place of a small container")
struct SingleByteDamageTests {
  static let options: [SaveOptions] = Compression.allCases.flatMap { compression in
    [false, true].map { SaveOptions(compression: compression, digests: $0) }
  }

  static let isLong = ProcessInfo.processInfo.environment["CKPT_LONG_TESTS"] == "1"

  @Test(
    "every change of a byte is found, refuses nothing and costs at most one chunk",
    arguments: options.indices)
  func everyByte(_ container: Int) throws {
    let options = SingleByteDamageTests.options[container]
    let sweep = try DamageSweep(options)
    let masks: [UInt8] = [0x01, 0x80, 0xFF]
    var counts: [String: Int] = [:]
    for offset in 0..<sweep.file.count {
      let isLong = SingleByteDamageTests.isLong
      let isOfChunk = sweep.chunkRange.contains(offset)
      guard isLong || offset % 6 == container || isOfChunk && container == 5 else { continue }
      // Zeros outside of chunks are reserved or padding: no content can depend on them.
      let readsContent = isLong || isOfChunk || sweep.file.bytes[offset] != 0
      for mask in isLong ? masks : [masks[offset / 6 % 3]] {
        sweep.file.flip(mask, at: offset)
        let outcome = sweep.outcome(readsContent: readsContent)
        sweep.file.flip(mask, at: offset)
        counts["\(outcome)", default: 0] += 1
        if case .found(0...1) = outcome { continue }
        Issue.record("byte \(offset), mask \(mask): \(outcome)")
      }
    }
    print("counts of changed bytes, \(options.compression), digests \(options.digests): \(counts)")
  }

  @Test("every truncation is refused", arguments: options.indices)
  func everyLength(_ container: Int) throws {
    let sweep = try DamageSweep(SingleByteDamageTests.options[container])
    var count = 0
    for length in 0..<sweep.file.count {
      guard SingleByteDamageTests.isLong || length % 6 == container else { continue }
      sweep.file.show(length)
      count += 1
      let outcome = sweep.outcome()
      guard outcome == .refused else {
        Issue.record("\(length) bytes: \(outcome)")
        return
      }
    }
    print("counts of truncations: \(count), all refused")
  }

  @Test("appended bytes are refused, whatever they are")
  func appended() throws {
    for options in SingleByteDamageTests.options {
      let whole = try DamageSweep(options).file.bytes
      for count in [1, 2, 64, 4095, 4096, 8192] {
        for more in [
          [UInt8](repeating: 0, count: count), [UInt8](repeating: 0xFF, count: count),
          Array(whole.suffix(count)), Array(whole.prefix(count)),
        ] {
          let outcome = try DamageSweep(options, appending: more).outcome()
          #expect(outcome == .refused, "\(count) bytes")
        }
      }
    }
  }
}
