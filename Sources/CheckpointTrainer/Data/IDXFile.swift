public import SystemPackage

/// An array of bytes in the IDX format, in which MNIST's images and labels come.
///
/// The format (described on MNIST's page, http://yann.lecun.com/exdb/mnist): two zero bytes, the
/// element type (8 for unsigned bytes, the only one read here), the number of axes, the axes'
/// lengths as 32-bit big-endian numbers, then the elements, last axis fastest.
public struct IDXFile: Sendable, Hashable {
  /// Lengths of the axes: images × rows × columns, or just labels.
  public let shape: [Int]
  /// The elements, row-major; as many as the product of the shape.
  public let elements: [UInt8]

  private static let unsignedByteType: UInt8 = 8

  /// An array to be written.
  ///
  /// - Precondition: `elements` fill `shape`, which has 1 to 255 axes shorter than 2³².
  public init(shape: [Int], elements: [UInt8]) {
    precondition(
      (1...255).contains(shape.count) && shape.allSatisfy { $0 >> 32 == 0 }
        && FloatTensor.elementCount(of: shape) == elements.count,
      "\(elements.count) bytes don't make an IDX array of the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// Reads a file.
  ///
  /// - Throws: `.fileNotReadable`, or `.invalidData` with the file's name and the offset of what
  ///   is wrong.
  public init(contentsOf path: FilePath) throws(TrainerError) {
    try self.init(parsing: readFile(path), name: path.string)
  }

  /// Reads the bytes of a file. The sizes in the header are held against the number of bytes
  /// before anything is allocated for them.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: `.invalidData` with `name` and the offset of what is wrong.
  public init(parsing bytes: [UInt8], name: String) throws(TrainerError) {
    func invalid(_ what: String, at offset: Int) -> TrainerError {
      TrainerError(.invalidData, "\(name): at byte \(offset): \(what)")
    }
    if bytes.starts(with: [0x1f, 0x8b]) {
      throw invalid("the file is compressed: unpack it first, with 'gunzip'", at: 0)
    }
    guard bytes.count >= 4 else {
      throw invalid(
        "the file ends after \(bytes.count) bytes, an IDX header has at least 8: fetch it again",
        at: bytes.count)
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw invalid("an IDX file starts with two zero bytes: this isn't one", at: 0)
    }
    guard bytes[2] == IDXFile.unsignedByteType else {
      throw invalid(
        "elements of type 0x\(String(bytes[2], radix: 16)), only unsigned bytes (0x8) are read",
        at: 2)
    }
    let axisCount = Int(bytes[3])
    guard axisCount > 0 else { throw invalid("an array without axes", at: 3) }
    let headerLength = 4 + 4 * axisCount
    guard bytes.count >= headerLength else {
      throw invalid(
        "the file ends inside the header of \(headerLength) bytes: fetch it again", at: bytes.count)
    }
    let shape = (0..<axisCount).map { axis in
      bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
    }
    let present = bytes.count - headerLength
    guard let count = FloatTensor.elementCount(of: shape), count == present else {
      let expected = FloatTensor.elementCount(of: shape).map { "\($0)" } ?? "more than 2⁶³"
      throw invalid(
        "the header's shape \(shape) takes \(expected) bytes, but \(present) follow: "
          + "the file is cut off or damaged, fetch it again", at: headerLength)
    }
    self.shape = shape
    self.elements = Array(bytes[headerLength...])
  }

  /// The bytes of the file.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = [0, 0, IDXFile.unsignedByteType, UInt8(shape.count)]
    for length in shape {
      bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    }
    return bytes + elements
  }

  /// Writes a file, replacing what is there.
  ///
  /// - Throws: `.fileNotWritable`.
  public func write(to path: FilePath) throws(TrainerError) {
    try writeFile(encoded, to: path)
  }

  /// The elements as numbers from 0 to 1, each image (or whatever the first axis counts) one row.
  public var unitScaled: FloatTensor {
    let rowLength = shape.dropFirst().reduce(1, *)
    return FloatTensor(elements.map { Float($0) / 255 }, shape: [shape[0], rowLength])
  }
}
