internal import Checkpoint

extension ExchangeState {
  /// Bytes that are compared at a time.
  private static let pieceBytes: UInt64 = 4 << 20

  /// Keeps of `checkpoint.aliases` what is true: both tensors are there, of the same dtype and shape,
  /// with the same bytes, and the target is no alias itself. What isn't becomes a loss, and the
  /// tensor one of its own.
  /// - Throws: what reading throws.
  mutating func checkAliases() throws(CheckpointError) {
    guard !checkpoint.aliases.isEmpty else { return }
    var named: [String: StreamedTensor] = [:]
    var ambiguous: Set<String> = []
    for tensor in tensors where named.updateValue(tensor, forKey: tensor.name) != nil {
      // Names that are other bytes for the same characters.
      ambiguous.insert(tensor.name)
    }
    let claims = checkpoint.aliases
    for (alias, target) in claims.sorted(by: { $0.key.precedesByBytes($1.key) }) {
      var isSame = false
      if let a = named[alias], let b = named[target], claims[target] == nil,
        !ambiguous.contains(alias), !ambiguous.contains(target)
      {
        isSame = try ExchangeState.areSame(a, b)
      }
      guard !isSame else { continue }
      checkpoint.aliases[alias] = nil
      losses.append("the tensors \"\(alias)\" and \"\(target)\" are no longer the same")
    }
  }

  private static func areSame(
    _ a: StreamedTensor, _ b: StreamedTensor
  ) throws(CheckpointError) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape else { return false }
    let size = Int(min(pieceBytes, a.sizeBytes))
    let left = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    let right = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer {
      unsafe left.deallocate()
      unsafe right.deallocate()
    }
    var start: UInt64 = 0
    while start < a.sizeBytes {
      let end = min(start + pieceBytes, a.sizeBytes)
      let pieces = unsafe (
        UnsafeMutableRawBufferPointer(rebasing: left[0..<Int(end - start)]),
        UnsafeMutableRawBufferPointer(rebasing: right[0..<Int(end - start)])
      )
      try unsafe a.read(start..<end, into: pieces.0)
      try unsafe b.read(start..<end, into: pieces.1)
      guard unsafe pieces.0.elementsEqual(pieces.1) else { return false }
      start = end
    }
    return true
  }
}
