/// A file's bytes in the address space, unmapped when the last reference goes.
package final class MappedBytes: Sendable {
  private nonisolated(unsafe) let buffer: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  /// Takes over `buffer`; `release` gives it back.
  package init(
    _ buffer: UnsafeRawBufferPointer,
    release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) {
    self.buffer = buffer
    self.release = release
  }

  deinit { release(buffer) }

  /// The bytes; valid only inside `body`.
  package func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(buffer)
  }
}
