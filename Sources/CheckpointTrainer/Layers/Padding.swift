/// What a sliding window does at the edges of an image. Names are Keras'.
public enum Padding: String, Sendable, Hashable, CaseIterable {
  /// The window stays inside: (length - window) / stride + 1 outputs, rounded down.
  case valid
  /// The image is continued so that there are length / stride outputs, rounded up. Of an odd number
  /// of rows or columns to be added, the smaller half goes before.
  case same
}
