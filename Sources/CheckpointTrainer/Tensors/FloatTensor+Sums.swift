import CCheckpointShims

extension FloatTensor {
  /// The sums of a matrix's columns.
  var columnSums: FloatTensor {
    let (rows, columns) = lastAxisRows
    let sums = [Float](unsafeUninitializedCapacity: columns) { buffer, count in
      elements.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress, let sums = buffer.baseAddress else { return }
        ckpt_columns_sum(values, rows, columns, sums)
      }
      count = columns
    }
    return FloatTensor(sums, shape: [columns])
  }

  /// Adds a row to each row of the last axis.
  ///
  /// - Precondition: `row` is as long as the last axis.
  mutating func add(toEachRow row: FloatTensor) {
    let (rows, columns) = lastAxisRows
    precondition(row.elements.count == columns, "shapes \(shape) and \(row.shape) don't add up")
    withUnsafeMutableElements { elements in
      row.elements.withUnsafeBufferPointer { row in
        guard let values = elements.baseAddress, let row = row.baseAddress else { return }
        ckpt_rows_add(values, row, rows, columns)
      }
    }
  }

  /// Adds another tensor, element by element.
  ///
  /// - Precondition: shapes are equal.
  mutating func add(_ other: FloatTensor) {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    withUnsafeMutableElements { elements in
      other.elements.withUnsafeBufferPointer { other in
        guard let values = elements.baseAddress, let other = other.baseAddress else { return }
        ckpt_rows_add(values, other, 1, elements.count)
      }
    }
  }
}
