package import Checkpoint

/// Reads the members of a configuration in Keras' form. What is missing or of the wrong kind is an
/// error that names the class and the key.
package struct Configuration {
  private let members: JSONObject
  let className: String

  package init(_ members: JSONObject, of className: String) {
    self.members = members
    self.className = className
  }

  /// The member as it is, if there is one.
  package subscript(key: String) -> JSONValue? { members[key] }

  /// The whole number for `key`; without one, `fallback`, or an error if there is none.
  package func int(_ key: String, or fallback: Int? = nil) throws(TrainerError) -> Int {
    try value(key, or: fallback, kind: "a whole number") { value in
      value.intValue.flatMap { Int(exactly: $0) }
    }
  }

  /// The number for `key`. The exact `Float` is kept, however many digits Keras wrote.
  package func float(_ key: String, or fallback: Float? = nil) throws(TrainerError) -> Float {
    try value(key, or: fallback, kind: "a number") { $0.numberValue.map { Float($0) } }
  }

  /// The double-precision number for `key`.
  package func double(_ key: String, or fallback: Double? = nil) throws(TrainerError) -> Double {
    try value(key, or: fallback, kind: "a number") { $0.numberValue }
  }

  /// The truth value for `key`.
  package func bool(_ key: String, or fallback: Bool? = nil) throws(TrainerError) -> Bool {
    try value(key, or: fallback, kind: "true or false") { $0.boolValue }
  }

  /// The text for `key`.
  package func string(_ key: String, or fallback: String? = nil) throws(TrainerError) -> String {
    try value(key, or: fallback, kind: "a string") { $0.stringValue }
  }

  /// The list for `key`.
  package func array(
    _ key: String, or fallback: [JSONValue]? = nil
  ) throws(TrainerError) -> [JSONValue] {
    try value(key, or: fallback, kind: "a list") { $0.arrayValue }
  }

  /// The object for `key`.
  package func object(
    _ key: String, or fallback: JSONObject? = nil
  ) throws(TrainerError) -> JSONObject {
    try value(key, or: fallback, kind: "an object") { $0.objectValue }
  }

  private func value<Value>(
    _ key: String, or fallback: Value?, kind: String, _ convert: (JSONValue) -> Value?
  ) throws(TrainerError) -> Value {
    guard let member = members[key], member != .null else {
      if let fallback { return fallback }
      throw TrainerError(.invalidConfiguration, "\(className): '\(key)' is missing")
    }
    guard let value = convert(member) else {
      throw TrainerError(
        .invalidConfiguration, "\(className): '\(key)' is \(member.text()), not \(kind)")
    }
    return value
  }
}
