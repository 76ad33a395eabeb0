/// What an IDX file says of itself before its elements.
struct IDXHeader {
  /// Lengths of the axes.
  let shape: [Int]
  /// Where the elements begin.
  let length: Int
  /// How many there are, each of one byte.
  let elementCount: Int

  /// The type of unsigned bytes, the only one read here.
  static let unsignedByteType: UInt8 = 8
  /// What the longest one takes, of 255 axes.
  static let largestLength = 4 + 4 * 255

  /// Reads the beginning of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file, or `largestLength` bytes of it.
  ///   - name: the file, for messages.
  /// - Throws: `.invalidData` with `name` and the offset of what is wrong.
  init(_ bytes: [UInt8], name: String) throws(TrainerError) {
    func invalid(_ what: String, at offset: Int) -> TrainerError {
      TrainerError(.invalidData, "\(name): at byte \(offset): \(what)")
    }
    guard bytes.count >= 4 else {
      throw invalid(
        "the file ends after \(bytes.count) bytes, an IDX header has at least 8: fetch it again",
        at: bytes.count)
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw invalid("an IDX file starts with two zero bytes: this isn't one", at: 0)
    }
    guard bytes[2] == IDXHeader.unsignedByteType else {
      throw invalid(
        "elements of type 0x\(String(bytes[2], radix: 16)), only unsigned bytes (0x8) are read",
        at: 2)
    }
    let axisCount = Int(bytes[3])
    guard axisCount > 0 else { throw invalid("an array without axes", at: 3) }
    length = 4 + 4 * axisCount
    guard bytes.count >= length else {
      throw invalid(
        "the file ends inside the header of \(length) bytes: fetch it again", at: bytes.count)
    }
    shape = (0..<axisCount).map { axis in
      bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let count = FloatTensor.elementCount(of: shape), count < Int.max - length else {
      throw invalid("the header's shape \(shape) takes more than 2⁶³ bytes: it is damaged", at: 4)
    }
    elementCount = count
  }

  /// What is wrong with another number of elements than the header says.
  ///
  /// - Parameter present: how many there are, such as "12" or "more".
  func mismatch(_ present: String, name: String) -> TrainerError {
    TrainerError(
      .invalidData,
      "\(name): at byte \(length): the header's shape \(shape) takes \(elementCount) bytes, but "
        + "\(present) follow: the file is cut off or damaged, fetch it again")
  }
}
