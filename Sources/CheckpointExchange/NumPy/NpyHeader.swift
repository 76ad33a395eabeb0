internal import Checkpoint

/// What stands before an array's data in npy files: its type, order and shape.
struct NpyHeader: Equatable {
  var type: NpyType
  /// Whether the first index changes fastest in the file.
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the data begins, counted from the header's start.
  var dataOffset: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// Longer ones are refused; NumPy's own limit.
  private static let sizeLimit = 10_000

  /// Data begins at a multiple of it.
  private static let alignment = 64

  /// How many digits the first extent may grow to without moving the data.
  private static let growthDigits = 21

  /// The header of an array, as `numpy.savez` writes it, to the byte.
  static func bytes(type: String, shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init)
    let tuple =
      shape.count == 1 ? "(\(extents[0]),)" : "(" + extents.joined(separator: ", ") + ")"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
    if let first = extents.first {
      text += String(repeating: " ", count: max(0, growthDigits - first.utf8.count))
    }
    // Shapes of 64 dimensions take 1400 bytes: never more than version 1 can hold.
    let start = magic.count + 4
    let unpadded = text.utf8.count + 1
    let padding = alignment - (start + unpadded) % alignment
    var fields = FieldWriter()
    fields.append(magic)
    fields.append([1, 0])
    fields.append(UInt16(unpadded + padding))
    fields.append(text.utf8)
    fields.append([UInt8](repeating: UInt8(ascii: " "), count: padding))
    fields.append([UInt8(ascii: "\n")])
    return fields.bytes
  }

  /// Reads a header.
  /// - Parameters:
  ///   - sizeBytes: how many bytes there are, data included.
  ///   - read: gives bytes from the start of the file or member.
  /// - Throws: `CheckpointError`: `corrupt`, `unsupportedVersion`, in words; what `read` throws. The
  ///   caller adds path and item.
  init(
    sizeBytes: UInt64, path: FilePath, read: (Int) throws(CheckpointError) -> [UInt8]
  ) throws(CheckpointError) {
    guard sizeBytes >= 10 else { throw CheckpointError(.truncated, "too short for an array") }
    let first = try read(Int(min(sizeBytes, 12)))
    guard first.starts(with: Self.magic) else {
      throw CheckpointError(.corrupt, "this is no array of NumPy")
    }
    var fields = FieldReader(first, path: path)
    try fields.skip(Self.magic.count)
    let major: UInt8 = try fields.integer()
    let minor: UInt8 = try fields.integer()
    guard (1...3).contains(major), minor == 0 else {
      throw CheckpointError(.unsupportedVersion, "version \(major).\(minor) of npy")
    }
    let count: Int
    if major == 1 {
      count = Int(try fields.integer(UInt16.self))
    } else {
      count = Int(try fields.integer(UInt32.self))
    }
    guard count <= Self.sizeLimit else {
      throw CheckpointError(.limitExceeded, "a header of \(count) bytes")
    }
    dataOffset = fields.position + count
    guard UInt64(dataOffset) <= sizeBytes else {
      throw CheckpointError(.truncated, "the array's header is cut off")
    }
    let literal = Array(try read(dataOffset)[fields.position...])
    var parser = NpyLiteral(literal)
    let values = try parser.dictionary()
    type = try NpyType(values.type)
    isFortranOrder = values.isFortranOrder
    shape = values.shape
  }
}
