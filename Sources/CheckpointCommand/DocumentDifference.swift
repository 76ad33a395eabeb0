internal import Checkpoint

/// Where two JSON documents first differ.
struct DocumentDifference {
  /// A place, and what stands there; nil where one has nothing.
  struct Place {
    /// As `jq` writes it: `.layers[2].units`.
    var path: String
    var a: JSONValue?
    var b: JSONValue?
  }

  /// More places than these are not looked for.
  static let placeCount = 10

  /// The first places; empty if one of the documents is no JSON.
  private(set) var places: [Place] = []
  /// Whether there are more.
  private(set) var isCut = false

  /// Nil if they hold the same, however it is written.
  init?(_ a: [UInt8], _ b: [UInt8]) {
    guard a != b else { return nil }
    guard let left = try? JSONValue.parse(utf8: a), let right = try? JSONValue.parse(utf8: b) else {
      return
    }
    compare(left, right, at: "")
    if places.isEmpty { return nil }
  }

  private mutating func compare(_ a: JSONValue?, _ b: JSONValue?, at path: String) {
    guard a != b, !isCut else { return }
    if case .object(let left)? = a, case .object(let right)? = b {
      let added = right.keys.filter { left[$0] == nil }
      for key in left.keys + added {
        compare(left[key], right[key], at: path + DocumentDifference.step(key))
      }
    } else if case .array(let left)? = a, case .array(let right)? = b {
      for index in 0..<max(left.count, right.count) {
        compare(
          left.dropFirst(index).first, right.dropFirst(index).first, at: path + "[\(index)]")
      }
    } else if places.count == DocumentDifference.placeCount {
      isCut = true
    } else {
      places.append(Place(path: path.isEmpty ? "." : path, a: a, b: b))
    }
  }

  private static func step(_ key: String) -> String {
    let isPlain = key.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
      default: false
      }
    }
    return isPlain && !key.isEmpty ? ".\(key)" : "[\(JSONValue.string(key).text())]"
  }
}
