/// One-hot rows for classes: row i is 0 but for a 1 in column `classes[i]`.
///
/// After `keras.utils.to_categorical`.
///
/// - Parameter classCount: how many columns; by default one more than the largest class.
/// - Throws: `.invalidData` for a class that is negative or not below `classCount`.
public func toCategorical(
  _ classes: [Int], classCount: Int? = nil
) throws(TrainerError) -> FloatTensor {
  let columns = classCount ?? (classes.max() ?? -1) + 1
  var elements = [Float](repeating: 0, count: classes.count * max(columns, 0))
  for (row, label) in classes.enumerated() {
    guard (0..<columns).contains(label) else {
      throw TrainerError(
        .invalidData, "sample \(row) has class \(label), but classes go from 0 to \(columns - 1)")
    }
    elements[row * columns + label] = 1
  }
  return FloatTensor(elements, shape: [classes.count, columns])
}
