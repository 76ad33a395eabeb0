import CheckpointIO

extension Directory {
  /// The whole content of an entry.
  func contents(of name: String) throws -> [UInt8] {
    let file = try open(name, .read)
    let size = Int(try file.status().sizeBytes)
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
        let read = try file.read(into: rest, at: UInt64(count))
        if read == 0 { break }
        count += read
      }
    }
  }

  /// Makes a file without any care.
  func put(_ bytes: [UInt8], as name: String) throws {
    let file = try open(name, .createExclusive)
    guard !bytes.isEmpty else { return }
    let count = try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    precondition(count == bytes.count)
  }

  /// Saves `bytes` as the engine does.
  func publish(_ bytes: [UInt8], as name: String, replacing: Bool = false) throws {
    let file = try AtomicFile(in: self, expectedSizeBytes: UInt64(bytes.count))
    try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    try file.commit(as: name, replacing: replacing)
  }

  func temporaryNames() throws -> [String] {
    try entryNames().filter(TemporaryName.matches)
  }
}
