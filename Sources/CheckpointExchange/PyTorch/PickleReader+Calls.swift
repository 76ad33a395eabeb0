internal import Checkpoint

/// The operations that in other readers call something, and here only make values.
extension PickleReader {
  /// What a call of a name on the list stands for.
  mutating func reduce() throws(CheckpointError) {
    guard case .tuple(let index) = try pop(), case .global(let global) = try pop() else {
      throw refused("a call of what is no name")
    }
    let arguments = tuples[index]
    switch global {
    case .orderedDictionary where arguments.isEmpty: appendDictionary()
    case .size where arguments.count == 1:
      guard case .tuple = arguments[0] else { throw damaged("a size that is no tuple") }
      stack.append(arguments[0])
    case .rebuildTensor2: try rebuild(arguments, hasDType: false)
    case .rebuildTensor3: try rebuild(arguments, hasDType: true)
    case .rebuildParameter:
      guard arguments.count == 3, case .tensor = arguments[0] else {
        throw damaged("a parameter of what is no tensor")
      }
      stack.append(arguments[0])
    default: throw refused("a call of \(global.name) with \(arguments.count) arguments")
    }
  }

  /// Python attributes of a dictionary, such as PyTorch's versions of modules: they are passed over.
  mutating func build() throws(CheckpointError) {
    guard case .dictionary = try pop(), case .dictionary = try top() else {
      throw refused("the pickle sets the state of an object")
    }
  }

  /// The name of a storage.
  mutating func persistentID() throws(CheckpointError) {
    guard case .tuple(let index) = try pop() else { throw damaged("no storage") }
    let parts = tuples[index]
    guard parts.count == 5, case .text("storage") = parts[0], case .global(let type) = parts[1],
      case .text(let key) = parts[2], case .text = parts[3], case .int(let count) = parts[4],
      count >= 0, key.utf8.count <= Self.keyLimitBytes
    else { throw damaged("no storage") }
    let dtype: DType?
    switch type {
    case .storage(let storageType): dtype = storageType
    case .untypedStorage: dtype = nil
    default: throw damaged("no type of storage")
    }
    stack.append(.storage(storages.count))
    storages.append(TorchStorage(key: key, dtype: dtype, count: count))
  }

  private mutating func rebuild(
    _ arguments: [PickleValue], hasDType: Bool
  ) throws(CheckpointError) {
    let count = hasDType ? 7 : 6
    guard arguments.count == count || arguments.count == count + 1,
      case .storage(let index) = arguments[0], case .int(let offset) = arguments[1],
      let shape = try numbers(arguments[2]), let strides = try numbers(arguments[3]),
      case .bool = arguments[4], let offset = Int(exactly: offset), offset >= 0,
      shape.count == strides.count, shape.allSatisfy({ $0 >= 0 })
    else { throw damaged("a tensor without size, place and strides") }
    switch arguments[5] {
    case .none: break
    case .dictionary(let hooks) where dictionaries[hooks].isEmpty: break
    default: throw refused("a tensor with hooks")
    }
    if arguments.count > count {
      switch arguments[count] {
      case .none: break
      case .dictionary(let metadata) where dictionaries[metadata].isEmpty: break
      default: throw refused("a tensor that is conjugated, negated, or has other properties")
      }
    }
    let storage = storages[index]
    var dtype = storage.dtype
    if hasDType {
      guard case .global(.dtype(let named)) = arguments[6], dtype == nil else {
        throw refused("a tensor of an unknown type")
      }
      dtype = named
    }
    guard let dtype else { throw damaged("a tensor without a type") }
    stack.append(.tensor(tensors.count))
    tensors.append(
      TorchTensor(storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides))
  }

  /// An extent or a stride for each dimension.
  private func numbers(_ value: PickleValue) throws(CheckpointError) -> [Int]? {
    guard case .tuple(let index) = value else { return nil }
    // One tuple can be that of many tensors.
    guard tuples[index].count <= Self.rankLimit else {
      throw CheckpointError(
        .limitExceeded, "a tensor of more than \(Self.rankLimit) dimensions", path: path)
    }
    var numbers: [Int] = []
    for element in tuples[index] {
      guard case .int(let number) = element, let number = Int(exactly: number) else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
