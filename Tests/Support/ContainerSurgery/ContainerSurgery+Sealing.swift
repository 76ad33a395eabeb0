internal import CheckpointFormat

extension ContainerSurgery {
  /// Which checksums are made right.
  package struct Seals: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let sections = Seals(rawValue: 1)
    package static let table = Seals(rawValue: 2)
    package static let index = Seals(rawValue: 4)
    package static let rootDigest = Seals(rawValue: 8)
    package static let blocks = Seals(rawValue: 16)
    package static let all: Seals = [.sections, .table, .index, .rootDigest, .blocks]
  }

  /// The file, with both copies of the index as changed.
  package func sealed(_ seals: Seals = .all) -> [UInt8] {
    var file = bytes
    var index = index
    let count = min(Int(ByteView(index).u32(8)), (index.count - 32) / 40)
    let tableEnd = 32 + 40 * count
    if seals.contains(.sections) {
      for at in stride(from: 32, to: tableEnd, by: 40) {
        let start = ByteView(index).u64(at + 8)
        let (end, overflow) = start.addingReportingOverflow(ByteView(index).u64(at + 16))
        guard !overflow, end <= UInt64(index.count) else { continue }
        let checksum = CRC32C.checksum(Array(index[Int(start)..<Int(end)]))
        ContainerSurgery.write(checksum, into: &index, at: at + 36)
      }
    }
    if seals.contains(.table) {
      let header = CRC32C.checksum(Array(index[..<28]))
      let checksum = CRC32C.checksum(Array(index[32..<tableEnd]), continuing: header)
      ContainerSurgery.write(checksum, into: &index, at: 28)
    }
    for start in [4096, tailIndexOffset] {
      file.replaceSubrange(start..<start + index.count, with: index)
    }
    for start in [0, trailerOffset] {
      if seals.contains(.index) {
        ContainerSurgery.write(CRC32C.checksum(index), into: &file, at: start + 96)
      }
      if seals.contains(.rootDigest), file[start + 16] & 1 == 1 {
        var hash = SHA256()
        hash.update(file[start + 8..<start + 128])
        hash.update(index[...])
        file.replaceSubrange(start + 128..<start + 160, with: hash.digest())
      }
      if seals.contains(.blocks) {
        ContainerSurgery.write(
          CRC32C.checksum(Array(file[start..<start + 4092])), into: &file, at: start + 4092)
      }
    }
    return file
  }
}
