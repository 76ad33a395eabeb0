import Checkpoint

/// The value with one part after the other replaced by something of another kind, or left out.
func mutations(of value: JSONValue) -> [JSONValue] {
  var results: [JSONValue] = [.null, -1, 9_223_372_036_854_775_807, 0.5, "x", [], [:], true]
  switch value {
  case .object(let object):
    for key in object.keys {
      var without = object
      without[key] = nil
      results.append(.object(without))
      for changed in mutations(of: object[key] ?? .null) {
        var copy = object
        copy[key] = changed
        results.append(.object(copy))
      }
    }
  case .array(let array):
    results.append(.array(array + array))
    for index in array.indices {
      for changed in mutations(of: array[index]) {
        var copy = array
        copy[index] = changed
        results.append(.array(copy))
      }
    }
  default: break
  }
  return results
}
