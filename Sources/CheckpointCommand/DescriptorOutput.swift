internal import Synchronization
package import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Writes to a descriptor, in pieces of 64 KiB.
package final class DescriptorOutput: TextOutput {
  private static let pieceBytes = 1 << 16

  private let descriptor: FileDescriptor
  private let isBuffered: Bool
  private let kept = Mutex<[UInt8]>([])

  /// - Parameter isBuffered: whether text may wait for `flush()`.
  package init(_ descriptor: FileDescriptor, isBuffered: Bool) {
    self.descriptor = descriptor
    self.isBuffered = isBuffered
  }

  package func write(_ text: String) throws(OutputError) {
    let isFull = kept.withLock {
      $0.append(contentsOf: text.utf8)
      return $0.count >= DescriptorOutput.pieceBytes
    }
    if isFull || !isBuffered { try flush() }
  }

  package func flush() throws(OutputError) {
    let bytes = kept.withLock {
      let bytes = $0
      $0.removeAll(keepingCapacity: true)
      return bytes
    }
    guard !bytes.isEmpty else { return }
    do {
      try descriptor.writeAll(bytes)
    } catch let error as Errno where error == .brokenPipe {
      throw .closed
    } catch {
      throw .failed(error as? Errno ?? .ioError)
    }
  }
}
