internal import Checkpoint

/// What the header of a safetensors file says, checked as strictly as the format's own library does.
struct SafetensorsHeader {
  /// A tensor.
  struct Entry {
    var name: String
    var dtype: DType
    var shape: [Int]
    /// Its bytes, counted from the first byte of data.
    var range: Range<UInt64>
  }

  /// The library reads no longer headers.
  static let limitBytes = 100_000_000
  /// The member of the header that is no tensor.
  static let metadataKey = "__metadata__"
  /// As deep as the library reads JSON.
  private static let depthLimit = 127

  /// Where the data starts, in bytes from the start of the file.
  let dataOffset: UInt64
  /// The tensors, in the order of the header.
  private(set) var entries: [Entry] = []
  /// The strings under `__metadata__`; nil if there is no such member.
  private(set) var metadata: JSONObject?

  /// Reads the header of a file. Costs memory in proportion to the header's length, no data.
  /// - Throws: `CheckpointError`: `truncated`, `corrupt`, `io`.
  init(of file: ForeignFile) throws(CheckpointError) {
    guard file.sizeBytes >= 8 else {
      throw CheckpointError(
        .truncated, "too short for a safetensors file", path: file.path, byteOffset: 0)
    }
    let length = try file.bytes(8, at: 0).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(SafetensorsHeader.limitBytes) else {
      throw CheckpointError(
        .corrupt, "no safetensors file: its header would have \(length) bytes", path: file.path,
        byteOffset: 0, advice: "at most \(SafetensorsHeader.limitBytes) are allowed")
    }
    dataOffset = 8 + length
    guard dataOffset <= file.sizeBytes else {
      throw CheckpointError(
        .truncated, "the header of \(length) bytes is cut off", path: file.path, byteOffset: 0)
    }
    let text = try file.bytes(Int(length), at: 8)
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(utf8: text, depth: SafetensorsHeader.depthLimit)
    } catch {
      throw CheckpointError(
        .corrupt, "the header is not JSON: \(error.message)", path: file.path,
        byteOffset: 8 + UInt64(error.offset))
    }
    guard let object = json.objectValue else {
      throw CheckpointError(
        .corrupt, "the header is no JSON object", path: file.path, byteOffset: 8)
    }
    try read(object, file)
    try checkCoverage(file)
  }

  private mutating func read(_ object: JSONObject, _ file: ForeignFile) throws(CheckpointError) {
    entries.reserveCapacity(object.count)
    for name in object.keys {
      guard let value = object[name] else { continue }
      guard name.utf8.elementsEqual(SafetensorsHeader.metadataKey.utf8) else {
        entries.append(try SafetensorsHeader.entry(name, value, file))
        continue
      }
      guard let strings = value.objectValue,
        strings.keys.allSatisfy({ strings[$0]?.stringValue != nil })
      else {
        throw CheckpointError(
          .corrupt, "metadata must be strings by name", path: file.path, item: name, byteOffset: 8)
      }
      metadata = strings
    }
  }

  private static func entry(
    _ name: String, _ value: JSONValue, _ file: ForeignFile
  ) throws(CheckpointError) -> Entry {
    func broken(_ what: String) -> CheckpointError {
      CheckpointError(.corrupt, what, path: file.path, item: name, byteOffset: 8)
    }
    guard let dtypeName = value["dtype"]?.stringValue else { throw broken("there is no dtype") }
    guard let dtype = DType(safetensorsName: dtypeName) else {
      throw broken("\"\(dtypeName)\" is no dtype of safetensors")
    }
    guard let shape = numbers(value["shape"]) else {
      throw broken("the shape is no list of whole numbers from 0 upwards")
    }
    guard let offsets = numbers(value["data_offsets"]), offsets.count == 2 else {
      throw broken("data_offsets is no pair of whole numbers from 0 upwards")
    }
    guard offsets[0] <= offsets[1] else { throw broken("its data ends before it starts") }
    let size: UInt64
    do throws(FormatError) {
      size = try TensorDeclaration(name: name, dtype: dtype, shape: shape).sizeBytes()
    } catch {
      throw broken(error.detail)
    }
    let range = UInt64(offsets[0])..<UInt64(offsets[1])
    guard UInt64(range.count) == size else {
      throw broken("\(dtype) of shape \(shape) takes \(size) bytes, its data is \(range.count)")
    }
    return Entry(name: name, dtype: dtype, shape: shape, range: range)
  }

  /// Whole numbers that were written as such: 2.0 is none.
  private static func numbers(_ value: JSONValue?) -> [Int]? {
    guard let values = value?.arrayValue else { return nil }
    var numbers: [Int] = []
    for value in values {
      guard case .int(let number) = value, number >= 0 else { return nil }
      numbers.append(Int(number))
    }
    return numbers
  }

  /// The tensors in the order of their data.
  var entriesByOffset: [Entry] {
    entries.enumerated().sorted {
      ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
        < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
    }.map(\.element)
  }

  /// Every byte of data belongs to one tensor.
  private func checkCoverage(_ file: ForeignFile) throws(CheckpointError) {
    var end: UInt64 = 0
    let dataBytes = file.sizeBytes - dataOffset
    for entry in entriesByOffset {
      guard entry.range.lowerBound == end else {
        throw CheckpointError(
          .corrupt, "its data starts at \(entry.range.lowerBound), that before it ends at \(end)",
          path: file.path, item: entry.name, byteOffset: dataOffset)
      }
      end = entry.range.upperBound
      guard end <= dataBytes else {
        throw CheckpointError(
          .truncated, "its data ends at \(end); there are \(dataBytes) bytes", path: file.path,
          item: entry.name, byteOffset: dataOffset)
      }
    }
    guard end == dataBytes else {
      throw CheckpointError(
        .corrupt, "\(dataBytes - end) bytes after the last tensor", path: file.path,
        byteOffset: dataOffset + end)
    }
  }
}
