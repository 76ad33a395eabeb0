import CCheckpointShims

extension FloatTensor {
  /// The products of elements at equal places.
  ///
  /// - Precondition: shapes are equal.
  func multiplied(by other: FloatTensor) -> FloatTensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    let products = [Float](unsafeUninitializedCapacity: elements.count) { buffer, count in
      elements.withUnsafeBufferPointer { a in
        other.elements.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress, let out = buffer.baseAddress
          else { return }
          ckpt_multiply(a, b, out, elements.count)
        }
      }
      count = elements.count
    }
    return FloatTensor(products, shape: shape)
  }
}
