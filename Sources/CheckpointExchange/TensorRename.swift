/// A tensor's new name, or a new beginning for the names of several.
public struct TensorRename: Sendable, Hashable {
  /// A name; with a slash at its end, what names begin with.
  public var old: String
  /// What stands in its place.
  public var new: String

  /// Replaces a name, or a beginning that ends with a slash.
  public init(old: String, new: String) {
    self.old = old
    self.new = new
  }

  /// From text such as `model/=encoder/`; nil without `=`, or with nothing before it.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
    self.init(old: String(text[..<equals]), new: String(text[text.index(after: equals)...]))
  }

  /// The new name of a tensor, or nil if this doesn't apply to it. Bytes decide.
  func apply(to name: String) -> String? {
    if name.utf8.elementsEqual(old.utf8) { return new }
    guard old.utf8.last == UInt8(ascii: "/"), name.utf8.starts(with: old.utf8) else { return nil }
    return new + String(decoding: name.utf8.dropFirst(old.utf8.count), as: UTF8.self)
  }
}
