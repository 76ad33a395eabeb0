/// What is on a disk that nobody uses: a directory with all below it.
package struct DiskImage: Sendable, Hashable {
  package enum Entry: Sendable, Hashable {
    case file([UInt8])
    case directory(DiskImage)
  }

  package var entries: [String: Entry]

  package init(entries: [String: Entry] = [:]) {
    self.entries = entries
  }

  /// Without the files whose name is irrelevant to the question asked.
  func removing(_ isIrrelevant: (String) -> Bool) -> DiskImage {
    var image = self
    for (name, entry) in entries {
      switch entry {
      case .file: if isIrrelevant(name) { image.entries[name] = nil }
      case .directory(let child): image.entries[name] = .directory(child.removing(isIrrelevant))
      }
    }
    return image
  }
}

extension DiskImage: CustomStringConvertible {
  /// Names, sizes and the runs of equal bytes in each file, such as `a[64×01 64×00]`.
  package var description: String {
    let parts = entries.sorted { $0.key < $1.key }.map { name, entry in
      switch entry {
      case .file(let bytes): "\(name)[\(Self.runs(bytes))]"
      case .directory(let image): "\(name)/\(image)"
      }
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }

  private static func runs(_ bytes: [UInt8]) -> String {
    var runs: [(count: Int, byte: UInt8)] = []
    for byte in bytes {
      if runs.last?.byte == byte { runs[runs.count - 1].count += 1 } else { runs.append((1, byte)) }
      if runs.count > 8 { return "\(bytes.count) bytes" }
    }
    return runs.map { "\($0.count)×\(String($0.byte, radix: 16))" }.joined(separator: " ")
  }
}
