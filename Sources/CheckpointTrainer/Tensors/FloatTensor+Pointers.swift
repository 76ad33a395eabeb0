extension [FloatTensor] {
  /// Calls `body` with pointers to the elements of all tensors, for changing them in place.
  ///
  /// - Precondition: no tensor is empty.
  mutating func withUnsafeMutablePointers(
    _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) {
    withUnsafeMutableBufferPointer { tensors in
      collectPointers(tensors[...], pointers: [], body)
    }
  }
}

/// Opens one tensor after the other; with all of them open, calls `body`.
private func collectPointers(
  _ tensors: Slice<UnsafeMutableBufferPointer<FloatTensor>>,
  pointers: [UnsafeMutablePointer<Float>],
  _ body: ([UnsafeMutablePointer<Float>]) -> Void
) {
  guard !tensors.isEmpty else { return body(pointers) }
  tensors.base[tensors.startIndex].withUnsafeMutableElements { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("an empty tensor") }
    collectPointers(tensors.dropFirst(), pointers: pointers + [base], body)
  }
}
