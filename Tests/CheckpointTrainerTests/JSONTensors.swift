import Checkpoint
import CheckpointTrainer
import Testing

extension JSONValue {
  /// Nested lists of numbers as a tensor.
  func tensor() throws -> FloatTensor {
    guard let items = arrayValue else {
      return FloatTensor([Float(try #require(numberValue))], shape: [])
    }
    let parts = try items.map { try $0.tensor() }
    return FloatTensor(
      parts.flatMap(\.elements), shape: [parts.count] + (parts.first?.shape ?? []))
  }

  /// A member that must be there.
  func member(_ key: String) throws -> JSONValue { try #require(self[key], "no '\(key)'") }
}

/// Expects equal shapes, and elements that differ by no more than `tolerance`; NaN equals NaN.
func expectClose(
  _ ours: FloatTensor, _ theirs: FloatTensor, within tolerance: Float = 1e-5, _ what: String
) {
  #expect(ours.shape == theirs.shape, "\(what)")
  for (a, b) in zip(ours.elements, theirs.elements) {
    #expect(abs(a - b) <= tolerance || (a.isNaN && b.isNaN), "\(what): \(a), not \(b)")
  }
}
