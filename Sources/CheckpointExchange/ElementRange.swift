internal import Checkpoint

/// Reads that begin and end within elements, for sources that give whole ones.
enum ElementRange {
  /// Fills `buffer` with bytes `range` out of the elements that `read` gives.
  static func read(
    _ range: Range<UInt64>, elementBytes: Int, into buffer: UnsafeMutableRawBufferPointer,
    _ read: (Range<Int>, UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let width = UInt64(elementBytes)
    let first = range.lowerBound / width
    let end = (range.upperBound + width - 1) / width
    let elements = Int(first)..<Int(end)
    let lead = Int(range.lowerBound - first * width)
    guard lead > 0 || elements.count * elementBytes != buffer.count else {
      try unsafe read(elements, buffer)
      return
    }
    let whole = UnsafeMutableRawBufferPointer.allocate(
      byteCount: elements.count * elementBytes, alignment: 16)
    defer { unsafe whole.deallocate() }
    try unsafe read(elements, whole)
    unsafe buffer.copyMemory(
      from: UnsafeRawBufferPointer(rebasing: whole[lead..<lead + buffer.count]))
  }
}
