/// Bytes between guards, so that a write outside of them is found; allocated exactly, so that the address
/// sanitizer finds reads too.
final class GuardedMemory {
  private static let guardBytes = 64
  private let memory: UnsafeMutablePointer<UInt8>
  private let count: Int

  init(count: Int) {
    self.count = count
    memory = .allocate(capacity: count + 2 * Self.guardBytes)
    memory.initialize(repeating: 0xC5, count: count + 2 * Self.guardBytes)
  }

  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    for (place, byte) in bytes.enumerated() { base[place] = byte }
  }

  deinit { memory.deallocate() }

  var base: UnsafeMutablePointer<UInt8> { memory + Self.guardBytes }
  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Whether nobody wrote outside.
  var isIntact: Bool {
    let end = base + count
    return (0..<Self.guardBytes).allSatisfy { memory[$0] == 0xC5 && end[$0] == 0xC5 }
  }
}
