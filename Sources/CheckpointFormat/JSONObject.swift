/// The members of a JSON object, in their order; each name once.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in order.
  public private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  /// An empty object.
  public init() {}

  /// Of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a member. Setting keeps the place of an existing one, appends a new one, and with
  /// nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  /// How many members there are.
  public var count: Int { keys.count }

  /// Names and values, in order.
  public var members: [(key: String, value: JSONValue)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }
}

extension JSONObject: Hashable {
  /// Equal if the same members have equal values, whatever their order (RFC 8259 §4).
  public static func == (a: JSONObject, b: JSONObject) -> Bool { a.values == b.values }

  /// Whatever the members' order.
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
