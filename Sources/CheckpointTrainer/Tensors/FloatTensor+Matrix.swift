import CCheckpointShims

extension FloatTensor {
  /// The matrix product `self · other`: (m, k) · (k, n) → (m, n).
  ///
  /// Equal operands give equal bits at every call on the same machine.
  public func matrixProduct(_ other: FloatTensor) -> FloatTensor {
    product(other, transposed: false, false)
  }

  /// `selfᵀ · other`: (k, m) · (k, n) → (m, n). The gradient of a kernel: inputsᵀ · gradient.
  public func transposedMatrixProduct(_ other: FloatTensor) -> FloatTensor {
    product(other, transposed: true, false)
  }

  /// `self · otherᵀ`: (m, k) · (n, k) → (m, n). The gradient of inputs: gradient · kernelᵀ.
  public func matrixProduct(transposing other: FloatTensor) -> FloatTensor {
    product(other, transposed: false, true)
  }

  /// Adds `aᵀ · b`: (k, m) · (k, n) → (m, n). For gradients that are summed block by block.
  public mutating func addTransposedMatrixProduct(_ a: FloatTensor, _ b: FloatTensor) {
    precondition(
      a.shape.count == 2 && b.shape.count == 2 && a.shape[0] == b.shape[0]
        && shape == [a.shape[1], b.shape[1]],
      "the product of the shapes \(a.shape) and \(b.shape) can't be added to \(shape)")
    let (rows, columns, inner) = (shape[0], shape[1], a.shape[0])
    withUnsafeMutableElements { sums in
      a.elements.withUnsafeBufferPointer { a in
        b.elements.withUnsafeBufferPointer { b in
          guard let c = sums.baseAddress, let a = a.baseAddress, let b = b.baseAddress else {
            return
          }
          ckpt_matrix_multiply_add(a, true, b, false, c, rows, columns, inner)
        }
      }
    }
  }

  private func product(_ other: FloatTensor, transposed: Bool, _ otherTransposed: Bool)
    -> FloatTensor
  {
    precondition(shape.count == 2 && other.shape.count == 2, "a matrix has two axes")
    let (rows, inner) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1])
    let (otherInner, columns) =
      otherTransposed ? (other.shape[1], other.shape[0]) : (other.shape[0], other.shape[1])
    precondition(inner == otherInner, "shapes \(shape) and \(other.shape) don't multiply")
    let product = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      elements.withUnsafeBufferPointer { a in
        other.elements.withUnsafeBufferPointer { b in
          if let a = a.baseAddress, let b = b.baseAddress, let c = buffer.baseAddress {
            ckpt_matrix_multiply(a, transposed, b, otherTransposed, c, rows, columns, inner)
          }
        }
      }
      count = rows * columns
    }
    return FloatTensor(product, shape: [rows, columns])
  }
}
