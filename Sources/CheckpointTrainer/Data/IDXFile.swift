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

  /// Reads a file, packed by gzip (as MNIST's are) or not.
  ///
  /// - Throws: `.fileNotReadable`, or `.invalidData` with the file's name and the offset of what
  ///   is wrong.
  public init(contentsOf path: FilePath) throws(TrainerError) {
    try self.init(parsing: readFile(path), name: path.string)
  }

  /// Reads the bytes of a file, packed by gzip or not. The sizes in the header are held against the
  /// number of bytes before anything is allocated for them; of a packed file no more is unpacked than
  /// its header says.
  ///
  /// - Parameter name: the file, for messages.
  /// - Throws: `.invalidData` with `name` and the offset of what is wrong.
  public init(parsing bytes: [UInt8], name: String) throws(TrainerError) {
    if GzipStream.isPacked(bytes) {
      try self.init(unpacking: bytes, name: name)
      return
    }
    let header = try IDXHeader(bytes, name: name)
    let present = bytes.count - header.length
    guard header.elementCount == present else {
      throw header.mismatch("\(present)", name: name)
    }
    self.init(shape: header.shape, elements: Array(bytes[header.length...]))
  }

  private init(unpacking bytes: [UInt8], name: String) throws(TrainerError) {
    let stream = GzipStream(bytes, name: name)
    let unpacked = name + ", unpacked"
    let start = try stream.read(IDXHeader.largestLength)
    let header = try IDXHeader(start, name: unpacked)
    guard header.elementCount / GzipStream.largestRatio <= bytes.count else {
      throw header.mismatch("fewer", name: unpacked)
    }
    var elements = Array(start[header.length...])
    if elements.count < header.elementCount {
      elements.reserveCapacity(header.elementCount)
      elements += try stream.read(header.elementCount - elements.count)
    }
    guard elements.count >= header.elementCount else {
      throw header.mismatch("\(elements.count)", name: unpacked)
    }
    // The end is where the checksum is.
    guard elements.count == header.elementCount, try stream.read(1).isEmpty else {
      throw header.mismatch("more", name: unpacked)
    }
    self.init(shape: header.shape, elements: elements)
  }

  /// The bytes of the file.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = [0, 0, IDXHeader.unsignedByteType, UInt8(shape.count)]
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
