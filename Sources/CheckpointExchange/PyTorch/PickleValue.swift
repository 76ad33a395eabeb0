/// What a pickle of a state dict can hold. What contains others is a number into the lists of the
/// `PickleReader`, so that nothing nests, however deep a stranger's pickle does.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case text(String)
  /// A name that the closed list has; nothing that could be called.
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)

  /// A word for people.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .int, .double: "a number"
    case .text: "a text"
    case .global(let global): "the name \(global.name)"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}
