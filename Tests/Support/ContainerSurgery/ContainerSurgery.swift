package import CheckpointFormat

/// A container taken apart: fields can be changed at will, and all checksums made right again (or
/// not), so that a test breaks one rule and no other. Knows the layout of FORMAT.md by itself, and
/// trusts no field it doesn't need.
package struct ContainerSurgery: Sendable {
  /// The file, with changes of the blocks and of chunk data.
  package var bytes: [UInt8]
  /// The index, with changes; both copies are made from it.
  package var index: [UInt8]
  private let tailOffset: Int

  /// - Parameter bytes: a sound container.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let view = ByteView(bytes)
    tailOffset = Int(view.u64(80))
    index = Array(bytes[4096..<4096 + Int(view.u64(88))])
  }

  /// File offset of the trailer.
  package var trailerOffset: Int { bytes.count - 4096 }

  /// File offset of the index's tail copy.
  package var tailIndexOffset: Int { tailOffset }

  // MARK: Places

  /// Index offset of a kind's entry in the section table.
  package func entry(_ kind: SectionKind) -> Int {
    let view = ByteView(index)
    for at in stride(from: 32, to: 32 + 40 * Int(view.u32(8)), by: 40)
    where view.u32(at) == kind.rawValue {
      return at
    }
    preconditionFailure("no section \(kind)")
  }

  /// Index offset of a section, or of one of its records.
  package func place(_ kind: SectionKind, record: Int = 0) -> Int {
    Int(ByteView(index).u64(entry(kind) + 8)) + record * kind.recordBytes
  }

  /// How many records a section has.
  package func count(_ kind: SectionKind) -> Int { Int(ByteView(index).u64(entry(kind) + 24)) }

  // MARK: Changes

  /// Writes an integer into both blocks.
  package mutating func setBlocks<T: FixedWidthInteger>(_ at: Int, _ value: T) {
    set(at, value)
    set(trailerOffset + at, value)
  }

  /// Writes an integer anywhere into the file; the copies of the index are overwritten by `sealed`.
  package mutating func set<T: FixedWidthInteger>(_ at: Int, _ value: T) {
    ContainerSurgery.write(value, into: &bytes, at: at)
  }

  /// Writes an integer into the index's header or table.
  package mutating func setIndex<T: FixedWidthInteger>(_ at: Int, _ value: T) {
    ContainerSurgery.write(value, into: &index, at: at)
  }

  /// Writes an integer into a record, `at` bytes from its start.
  package mutating func set<T: FixedWidthInteger>(
    _ kind: SectionKind, record: Int = 0, _ at: Int, _ value: T
  ) {
    ContainerSurgery.write(value, into: &index, at: place(kind, record: record) + at)
  }

  /// Exchanges a record of a section and the next one.
  package mutating func swapRecords(_ kind: SectionKind, first record: Int = 0) {
    let first = place(kind, record: record)
    for byte in 0..<kind.recordBytes { index.swapAt(first + byte, first + kind.recordBytes + byte) }
  }

  /// The bytes of a chunk as they are stored.
  package func stored(chunk: Int) -> [UInt8] {
    let view = ByteView(index)
    let at = place(.chunks, record: chunk)
    let start = Int(view.u64(at))
    return Array(bytes[start..<start + Int(view.u32(at + 8))])
  }

  /// Puts other bytes, no more than before, into a chunk's place, with their length and checksum.
  package mutating func replaceStored(chunk: Int, with new: [UInt8]) {
    let old = stored(chunk: chunk)
    precondition(new.count <= old.count)
    let at = place(.chunks, record: chunk)
    let start = Int(ByteView(index).u64(at))
    let padded = new + [UInt8](repeating: 0, count: old.count - new.count)
    bytes.replaceSubrange(start..<start + old.count, with: padded)
    set(.chunks, record: chunk, 8, UInt32(new.count))
    set(.chunks, record: chunk, 16, CRC32C.checksum(new))
    let total = ByteView(index).u64(place(.summary) + 48)
    set(.summary, 48, total - UInt64(old.count - new.count))
  }

  static func write<T: FixedWidthInteger>(_ value: T, into bytes: inout [UInt8], at: Int) {
    for byte in 0..<T.bitWidth / 8 {
      bytes[at + byte] = UInt8(truncatingIfNeeded: value >> T(8 * byte))
    }
  }
}
