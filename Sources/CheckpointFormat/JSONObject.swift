/// The members of a JSON object, in their order; each name once.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in order.
  public private(set) var keys: [String] = []
  /// The values, in the same order.
  private(set) var values: [JSONValue] = []
  /// Where each name stands; only for objects with many members. Few are found faster by looking at each.
  private var places: [Name: Int] = [:]

  /// Objects with more members than these keep `places`.
  private static let fewCount = 16

  /// A name, compared by its bytes: RFC 8259 §8.3 knows no Unicode equivalence, Swift's strings do.
  private struct Name: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: Name, b: Name) -> Bool {
      a.text.utf8.count == b.text.utf8.count && a.text.utf8.elementsEqual(b.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// An empty object.
  public init() {}

  /// Of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  /// Of equal names the last one counts.
  init(_ elements: [(String, JSONValue)]) {
    keys.reserveCapacity(elements.count)
    values.reserveCapacity(elements.count)
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a member. Setting keeps the place of an existing one, appends a new one, and with
  /// nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { values[$0] } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let newValue?): values[place] = newValue
      case (nil, let newValue?):
        keys.append(key)
        values.append(newValue)
        if !places.isEmpty {
          places[Name(key)] = keys.count - 1
        } else if keys.count > JSONObject.fewCount {
          notePlaces()
        }
      case (let place?, nil):
        keys.remove(at: place)
        values.remove(at: place)
        if !places.isEmpty { notePlaces() }
      case (nil, nil): break
      }
    }
  }

  private func place(of key: String) -> Int? {
    let name = Name(key)
    return places.isEmpty ? keys.firstIndex { Name($0) == name } : places[name]
  }

  private mutating func notePlaces() {
    places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { (Name($1), $0) })
  }

  /// How many members there are.
  public var count: Int { keys.count }

  /// Names and values, in order.
  public var members: [(key: String, value: JSONValue)] {
    zip(keys, values).map { ($0, $1) }
  }
}

extension JSONObject: Hashable {
  /// Equal if the same members have equal values, whatever their order (RFC 8259 §4).
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.count == b.count && zip(a.keys, a.values).allSatisfy { b[$0] == $1 }
  }

  /// Whatever the members' order.
  public func hash(into hasher: inout Hasher) {
    var all = 0
    for (key, value) in zip(keys, values) {
      var member = hasher
      member.combine(Name(key))
      member.combine(value)
      all ^= member.finalize()
    }
    hasher.combine(all)
  }
}
