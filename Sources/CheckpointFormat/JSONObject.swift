/// The members of a JSON object, in their order; each name once.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in order.
  public private(set) var keys: [String] = []
  private var values: [Name: JSONValue] = [:]

  /// A name, compared by its bytes: RFC 8259 §8.3 knows no Unicode equivalence, Swift's strings do.
  private struct Name: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// An empty object.
  public init() {}

  /// Of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a member. Setting keeps the place of an existing one, appends a new one, and with
  /// nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { values[Name(key)] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: Name(key)) == nil { keys.append(key) }
      } else if values.removeValue(forKey: Name(key)) != nil {
        keys.removeAll { Name($0) == Name(key) }
      }
    }
  }

  /// How many members there are.
  public var count: Int { keys.count }

  /// Names and values, in order.
  public var members: [(key: String, value: JSONValue)] {
    keys.compactMap { key in values[Name(key)].map { (key, $0) } }
  }
}

extension JSONObject: Hashable {
  /// Equal if the same members have equal values, whatever their order (RFC 8259 §4).
  public static func == (a: JSONObject, b: JSONObject) -> Bool { a.values == b.values }

  /// Whatever the members' order.
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
