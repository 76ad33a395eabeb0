internal import Checkpoint

/// Reads a pickle of a plain state dict as data. Pickle is a language of a stack machine that calls
/// what it is told to; of its words this knows those that `torch.save` writes for dictionaries of
/// tensors, of the names the closed list of `PickleGlobal`, and nothing is called. All else is refused.
///
/// Needs memory in proportion to the pickle; nothing recurses.
struct PickleReader {
  private(set) var tuples: [[PickleValue]] = []
  private(set) var lists: [[PickleValue]] = []
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [TorchStorage] = []
  var tensors: [TorchTensor] = []

  private var fields: FieldReader
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  let path: FilePath

  /// An operation of two bytes can make a value of 24.
  private static let operationLimit = 16_000_000
  /// PyTorch's own.
  static let rankLimit = 64
  /// PyTorch numbers storages.
  static let keyLimitBytes = 256

  init(_ bytes: [UInt8], path: FilePath) {
    fields = FieldReader(bytes, path: path)
    self.path = path
  }

  /// Reads all of it.
  /// - Returns: what the pickle is of.
  /// - Throws: `CheckpointError`: `unsupportedVersion` for what is refused, in words; `corrupt`,
  ///   `truncated` for what is no pickle.
  mutating func value() throws(CheckpointError) -> PickleValue {
    guard try fields.integer(UInt8.self) == 0x80, try fields.integer(UInt8.self) == 2 else {
      throw refused("a pickle of another protocol than 2")
    }
    var operationCount = 0
    while true {
      let operation: UInt8 = try fields.integer()
      if operation == UInt8(ascii: ".") { break }
      operationCount += 1
      guard operationCount <= Self.operationLimit else {
        throw CheckpointError(.limitExceeded, "a pickle of too many operations", path: path)
      }
      try perform(operation)
    }
    guard fields.isAtEnd else { throw damaged("something follows the pickle") }
    let value = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw damaged("values are left over") }
    return value
  }

  private mutating func perform(_ operation: UInt8) throws(CheckpointError) {
    switch Character(Unicode.Scalar(operation)) {
    // Plain values.
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "K": stack.append(.int(Int64(try fields.integer(UInt8.self))))
    case "M": stack.append(.int(Int64(try fields.integer(UInt16.self))))
    case "J": stack.append(.int(Int64(Int32(bitPattern: try fields.integer()))))
    case "\u{8A}": stack.append(.int(try long()))
    case "G":
      // The only number with the high byte first.
      stack.append(.double(Double(bitPattern: try fields.integer(UInt64.self).byteSwapped)))
    case "X": stack.append(.text(try text()))
    case "c": stack.append(.global(try global()))
    // Containers.
    case ")": appendTuple([])
    case "\u{85}": try makeTuple(1)
    case "\u{86}": try makeTuple(2)
    case "\u{87}": try makeTuple(3)
    case "t": appendTuple(try popMark())
    case "]":
      stack.append(.list(lists.count))
      lists.append([])
    case "}": appendDictionary()
    case "a": try append([try pop()])
    case "e": try append(try popMark())
    case "s":
      let value = try pop()
      try set([try pop(), value])
    case "u": try set(try popMark())
    // The stack and the memo.
    case "(": marks.append(stack.count)
    case "q": memo[UInt32(try fields.integer(UInt8.self))] = try top()
    case "r": memo[try fields.integer()] = try top()
    case "h": try recall(UInt32(try fields.integer(UInt8.self)))
    case "j": try recall(try fields.integer())
    // Calls, none of which is one.
    case "R": try reduce()
    case "b": try build()
    case "Q": try persistentID()
    default: throw refused("the pickle's operation 0x\(String(operation, radix: 16))")
    }
  }

  // MARK: Values

  private mutating func long() throws(CheckpointError) -> Int64 {
    let count: UInt8 = try fields.integer()
    guard count <= 8 else { throw refused("a number of more than 64 bits") }
    let bytes = try fields.bytes(Int(count))
    var value: UInt64 = bytes.last.map { $0 & 0x80 != 0 } == true ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }

  private mutating func text() throws(CheckpointError) -> String {
    let bytes = try fields.bytes(Int(try fields.integer(UInt32.self)))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw damaged("a text that isn't UTF-8")
    }
    return text
  }

  private mutating func global() throws(CheckpointError) -> PickleGlobal {
    let name = "\(try line()).\(try line())"
    guard let global = PickleGlobal(name) else {
      switch name {
      case "torch.ComplexDoubleStorage": throw refused("complex numbers of 128 bits")
      default: throw refused("the pickle asks for \(name), which no plain state dict needs")
      }
    }
    return global
  }

  private mutating func line() throws(CheckpointError) -> String {
    var bytes: [UInt8] = []
    while true {
      let byte: UInt8 = try fields.integer()
      if byte == UInt8(ascii: "\n") { break }
      // Names of modules and classes are short and plain; this one goes into a message.
      guard (0x21..<0x7F).contains(byte), bytes.count < 200 else {
        throw damaged("a name with other than plain characters")
      }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: The stack

  /// What is above the last mark, and no deeper.
  private var floor: Int { marks.last ?? 0 }

  mutating func pop() throws(CheckpointError) -> PickleValue {
    guard stack.count > floor else { throw damaged("a value is missing") }
    return stack.removeLast()
  }

  func top() throws(CheckpointError) -> PickleValue {
    guard stack.count > floor, let value = stack.last else { throw damaged("a value is missing") }
    return value
  }

  private mutating func popMark() throws(CheckpointError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("a mark is missing") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ index: UInt32) throws(CheckpointError) {
    guard let value = memo[index] else { throw damaged("nothing is remembered as \(index)") }
    stack.append(value)
  }

  // MARK: Containers

  private mutating func appendTuple(_ values: [PickleValue]) {
    stack.append(.tuple(tuples.count))
    tuples.append(values)
  }

  private mutating func makeTuple(_ count: Int) throws(CheckpointError) {
    guard stack.count - floor >= count else { throw damaged("a value is missing") }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    appendTuple(values)
  }

  mutating func appendDictionary() {
    stack.append(.dictionary(dictionaries.count))
    dictionaries.append([])
  }

  private mutating func append(_ values: [PickleValue]) throws(CheckpointError) {
    guard case .list(let index) = try top() else { throw damaged("no list to append to") }
    lists[index] += values
  }

  private mutating func set(_ values: [PickleValue]) throws(CheckpointError) {
    guard case .dictionary(let index) = try top(), values.count.isMultiple(of: 2) else {
      throw damaged("no dictionary to set members of")
    }
    for start in stride(from: 0, to: values.count, by: 2) {
      dictionaries[index].append((values[start], values[start + 1]))
    }
  }

  // MARK: Errors

  func damaged(_ what: String) -> CheckpointError {
    CheckpointError(.corrupt, "the pickle is damaged: \(what)", path: path)
  }

  func refused(_ what: String) -> CheckpointError {
    CheckpointError(
      .unsupportedVersion, "no plain state dict: \(what)", path: path,
      advice: "in Python: torch.save(model.state_dict(), ...)")
  }
}
