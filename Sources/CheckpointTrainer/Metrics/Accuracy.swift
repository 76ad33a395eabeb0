public import Checkpoint

/// The share of samples whose class was found. After
/// https://keras.io/api/metrics/accuracy_metrics.
///
/// As Keras resolves "accuracy": a single output counts as class 1 above 0.5; with several outputs
/// the class is the first largest one, compared with the target itself if that is a number, else
/// with the target's first largest element.
public struct Accuracy: Metric {
  /// "Accuracy"
  public static let className = "Accuracy"
  /// "accuracy", "acc"
  public static let identifiers = ["accuracy", "acc"]

  /// "accuracy", or "acc" if it was asked for by that name: logs then say `val_acc`, as Keras did.
  public var name: String

  /// The metric, under a name for the logs.
  public init(name: String = "accuracy") { self.name = name }

  /// The metric a configuration describes.
  public init(config: JSONObject) throws(TrainerError) {
    name = try Configuration(config, of: Accuracy.className).string("name", or: "accuracy")
  }

  /// The configuration in Keras' form.
  public var config: JSONObject { ["name": .string(name)] }

  /// Counts the samples found.
  public func update(_ state: inout [Double], outputs: FloatTensor, targets: FloatTensor) {
    let (rows, columns) = (outputs.rowCount, outputs.rowLength)
    let targetColumns = targets.rowLength
    var found = 0
    for row in 0..<rows {
      let target = targets.elements[row * targetColumns..<(row + 1) * targetColumns]
      if columns == 1 {
        let output: Float = outputs.elements[row] > 0.5 ? 1 : 0
        if output == target.first { found += 1 }
      } else {
        let output = firstLargest(outputs.elements[row * columns..<(row + 1) * columns])
        let wanted = targetColumns == 1 ? target.first : Float(firstLargest(target))
        if Float(output) == wanted { found += 1 }
      }
    }
    state[0] += Double(found)
    state[1] += Double(rows)
  }

  private func firstLargest(_ row: ArraySlice<Float>) -> Int {
    var largest = row.startIndex
    for index in row.indices where row[index] > row[largest] { largest = index }
    return largest - row.startIndex
  }
}
