internal import CCheckpointShims

/// Memory that the process has got already, in large pages where there are any: what is copied or read there waits
/// for no page fault. Unchecked: who uses it sees to it that nobody else writes to the same part.
package final class TouchedMemory: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  private static let alignmentBytes = 2 << 20

  package init(sizeBytes: Int) {
    bytes = .allocate(byteCount: max(sizeBytes, 1), alignment: Self.alignmentBytes)
    ckpt_memory_prefer_large_pages(bytes.baseAddress, bytes.count)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}
