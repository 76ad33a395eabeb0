internal import Checkpoint

/// What `--tensor NAME[ROWS]` asks for: a tensor, or some of its rows.
struct TensorSelection {
  /// The tensor.
  var info: TensorInfo
  /// Which of its rows; nil for all, and for a tensor of rank 0.
  var rows: Range<Int>?
  /// Whether one row was asked for by its number, so that its dimension goes.
  var isSingleRow = false

  /// From the argument. A tensor whose name itself ends in brackets is found first.
  /// - Throws: `CheckpointError`: `notFound`; `mismatch` if there are no such rows;
  ///   `invalidArgument` if they can't be read.
  init(_ argument: String, in reader: CheckpointReader) throws(CheckpointError) {
    do throws(CheckpointError) {
      info = try reader.info(argument)
      return
    } catch {
      guard argument.last == "]", let bracket = argument.lastIndex(of: "[") else {
        var error = error
        error.advice = "ckpt inspect without --tensor lists them"
        throw error
      }
      info = try reader.info(String(argument[..<bracket]))
      let text = argument[argument.index(after: bracket)...].dropLast()
      try select(String(text), path: reader.path)
    }
  }

  /// All of a tensor.
  init(_ info: TensorInfo) {
    self.info = info
  }

  /// Rows as Python writes them: `7`, `-1`, `0:4`, `:4`, `-4:`.
  private mutating func select(_ text: String, path: FilePath) throws(CheckpointError) {
    func failure(_ code: CheckpointError.Code, _ message: String) -> CheckpointError {
      CheckpointError(
        code, message, path: path, item: info.name, advice: "say [7], [0:4], [:4] or [-4:]")
    }
    guard let count = info.shape.first else {
      throw failure(.mismatch, "a tensor of rank 0 has no rows")
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else {
      throw failure(.invalidArgument, "\"\(text)\" selects no rows")
    }
    func bound(_ part: Substring, _ missing: Int?) throws(CheckpointError) -> Int {
      if part.isEmpty, let missing { return missing }
      guard let number = Int(part), number >= -count, number <= count else {
        throw failure(
          Int(part) == nil ? .invalidArgument : .mismatch,
          Int(part) == nil
            ? "\"\(text)\" selects no rows"
            : "there is no row \(part): there are \(count)")
      }
      return number < 0 ? number + count : number
    }
    let first = try bound(parts[0], parts.count == 2 ? 0 : nil)
    if parts.count == 1 {
      guard first < count else {
        throw failure(.mismatch, "there is no row \(first): there are \(count)")
      }
      rows = first..<first + 1
      isSingleRow = true
    } else {
      rows = first..<max(first, try bound(parts[1], count))
    }
  }

  /// The extent of what is selected.
  var shape: [Int] {
    guard let rows else { return info.shape }
    return (isSingleRow ? [] : [rows.count]) + info.shape.dropFirst()
  }

  /// The selection's bytes in the tensor.
  var byteRange: Range<UInt64> {
    guard let rows, let count = info.shape.first, count > 0 else { return 0..<info.sizeBytes }
    let rowBytes = info.sizeBytes / UInt64(count)
    return UInt64(rows.lowerBound) * rowBytes..<UInt64(rows.upperBound) * rowBytes
  }

  /// - Throws: `CheckpointError` with code `invalidArgument` if the dtype's values can't be shown.
  func checkReadable(_ path: FilePath) throws(CheckpointError) {
    guard ElementValues.areReadable(info.dtype) else {
      throw CheckpointError(
        .invalidArgument,
        "values of \(info.dtype) can't be shown: only their producer knows how they are packed",
        path: path, item: info.name)
    }
  }
}
