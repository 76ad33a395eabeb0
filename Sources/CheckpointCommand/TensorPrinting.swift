internal import Checkpoint

/// A tensor's values as numpy prints them: brackets for dimensions, columns that line up, the middle
/// of large ones left out. Reads only what it prints.
struct TensorPrinting {
  /// Up to so many values are printed in full; of more, so many at either end of each dimension.
  static let fullCount = 1000
  private static let edgeCount = 3
  /// 2 to that power are the fewest that are printed.
  private static let longestRank = 12

  private indirect enum Node {
    case value(String)
    case list([Node])
    case gap
  }

  private let selection: TensorSelection
  private let reader: CheckpointReader
  private let shape: [Int]
  private let elementBytes: UInt64
  private let edge: Int?

  /// - Throws: `CheckpointError` with code `invalidArgument` if there is no way to print it.
  init(_ selection: TensorSelection, in reader: CheckpointReader) throws(CheckpointError) {
    try selection.checkReadable(reader.path)
    self.selection = selection
    self.reader = reader
    shape = selection.shape
    elementBytes = UInt64(selection.info.dtype.bitsPerElement / 8)
    let range = selection.byteRange
    let isLarge = (range.upperBound - range.lowerBound) / elementBytes > TensorPrinting.fullCount
    if !isLarge {
      edge = nil
    } else {
      let wideCount = shape.count { $0 > 1 }
      guard wideCount <= TensorPrinting.longestRank else {
        throw CheckpointError(
          .invalidArgument, "too many dimensions to print", path: reader.path,
          item: selection.info.name, advice: "use --json with some rows")
      }
      edge = wideCount > 6 ? 1 : wideCount > 4 ? 2 : TensorPrinting.edgeCount
    }
  }

  /// Prints the values.
  /// - Throws: `CheckpointError` if they can't be read, `OutputError`.
  func print(on terminal: Terminal) throws {
    // However many empty rows the shape has.
    guard !selection.byteRange.isEmpty else { return try terminal.print("[]") }
    let node = try node(depth: 0, element: selection.byteRange.lowerBound / elementBytes)
    var widest = 0
    measure(node, &widest)
    var text = ""
    render(node, depth: 0, cellWidth: widest, limit: terminal.outputWidth ?? 80, into: &text)
    try terminal.print(text)
  }

  private func node(depth: Int, element: UInt64) throws(CheckpointError) -> Node {
    guard depth < shape.count else { return .value(try texts(element..<element + 1)[0]) }
    let count = shape[depth]
    let isElided = edge.map { count > 2 * $0 } ?? false
    let edge = isElided ? edge ?? count : count
    let runs = isElided ? [0..<edge, count - edge..<count] : [0..<count]
    let rowElements = shape[(depth + 1)...].reduce(UInt64(1)) { $0 * UInt64($1) }
    var nodes: [Node] = []
    for run in runs {
      if !nodes.isEmpty { nodes.append(.gap) }
      if depth == shape.count - 1 {
        let start = element + UInt64(run.lowerBound)
        nodes += try texts(start..<start + UInt64(run.count)).map { .value($0) }
      } else {
        for row in run {
          nodes.append(try node(depth: depth + 1, element: element + UInt64(row) * rowElements))
        }
      }
    }
    return .list(nodes)
  }

  private func texts(_ elements: Range<UInt64>) throws(CheckpointError) -> [String] {
    let range = elements.lowerBound * elementBytes..<elements.upperBound * elementBytes
    var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
    let result: Result<[String], CheckpointError> = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(CheckpointError) in
        try reader.readBytes(selection.info.name, range, into: buffer)
        return ElementText.texts(of: UnsafeRawBufferPointer(buffer), selection.info.dtype)
      }
    }
    return try result.get()
  }

  private func measure(_ node: Node, _ widest: inout Int) {
    switch node {
    case .value(let text): widest = max(widest, text.utf8.count)
    case .list(let nodes): for node in nodes { measure(node, &widest) }
    case .gap: break
    }
  }

  private func render(
    _ node: Node, depth: Int, cellWidth: Int, limit: Int, into text: inout String
  ) {
    guard case .list(let nodes) = node else {
      if case .value(let value) = node { text += value }
      return
    }
    let indent = String(repeating: " ", count: depth + 1)
    let levels = shape.count - depth
    text += "["
    var column = depth + 1
    for (number, node) in nodes.enumerated() {
      if levels > 1 {
        // An empty line more between blocks for each dimension, as numpy does.
        if number > 0 { text += String(repeating: "\n", count: levels - 1) + indent }
        if case .gap = node { text += "..." }
        render(node, depth: depth + 1, cellWidth: cellWidth, limit: limit, into: &text)
        continue
      }
      var cell = "..."
      if case .value(let value) = node { cell = value.paddedLeft(to: cellWidth) }
      if number > 0, column + 1 + cell.utf8.count + levels > limit {
        text += "\n" + indent
        column = depth + 1
      } else if number > 0 {
        text += " "
        column += 1
      }
      text += cell
      column += cell.utf8.count
    }
    text += "]"
  }
}
