/// A JSON value (RFC 8259). Whole numbers that fit are kept as `int`, so that counters of 64 bits
/// survive; other numbers are `double`.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The member of that name, if this is an object that has it.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// The element, if this is an array that reaches so far.
  public subscript(index: Int) -> JSONValue? {
    guard let array = arrayValue, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// The text of a string.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The number, if it is whole and fits.
  public var intValue: Int64? {
    switch self {
    case .int(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The number.
  public var doubleValue: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The truth value.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members of an object.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether arrays and objects are nested deeper than `limit`. Looks no deeper itself.
  package func isNested(deeperThan limit: Int) -> Bool {
    switch self {
    case .array(let values):
      limit == 0 || values.contains { $0.isNested(deeperThan: limit - 1) }
    case .object(let object):
      limit == 0 || object.members.contains { $0.value.isNested(deeperThan: limit - 1) }
    default: false
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// A number, or where JSON has none (NaN and the infinities) one of the strings `NaN`,
  /// `Infinity` and `-Infinity`.
  public static func number(_ value: Double) -> JSONValue {
    value.isNaN
      ? .string("NaN")
      : value == .infinity
        ? .string("Infinity") : value == -.infinity ? .string("-Infinity") : .double(value)
  }

  /// The inverse of `number(_:)`.
  public var numberValue: Double? {
    switch self {
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: doubleValue
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
}
