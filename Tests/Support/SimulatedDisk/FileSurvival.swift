/// The contents that a file may have after a power cut.
///
/// Each page written since the last fsync is, independently of the others, what it was then (the
/// write is lost), or what any write since has made of it (it survived), or torn: the first half
/// new, the second old. The file's size is any that it has had since then.
struct FileSurvival {
  private let pageSizeBytes: Int
  private let durablePages: [Int: [UInt8]]
  /// For each page in doubt: what it may be, the durable content first and the newest last.
  private let choices: [(index: Int, pages: [[UInt8]])]
  private let sizes: [Int]
  private let durableSizeBytes: Int
  private let latestSizeBytes: Int

  init(
    pageSizeBytes: Int, durablePages: [Int: [UInt8]], pendingPages: [Int: [[UInt8]]],
    sizes: [Int], durableSizeBytes: Int, latestSizeBytes: Int
  ) {
    self.pageSizeBytes = pageSizeBytes
    self.durablePages = durablePages
    self.sizes = sizes
    self.durableSizeBytes = durableSizeBytes
    self.latestSizeBytes = latestSizeBytes
    let zeros = [UInt8](repeating: 0, count: pageSizeBytes)
    choices = pendingPages.sorted { $0.key < $1.key }.map { index, versions in
      let old = durablePages[index] ?? zeros
      let newest = versions.last ?? old
      let half = pageSizeBytes / 2
      let torn = Array(newest[..<half] + old[half...])
      var pages: [[UInt8]] = []
      for page in [old, torn] + versions where !pages.contains(page) { pages.append(page) }
      return (index, pages)
    }
  }

  /// How many combinations there are, equal contents counted again; at most `Int.max`.
  var combinationCount: Int {
    var count = sizes.count
    for choice in choices {
      let (product, overflow) = count.multipliedReportingOverflow(by: choice.pages.count)
      count = overflow ? .max : product
    }
    return count
  }

  /// Nothing since the last fsync has reached the disk.
  var nothing: [UInt8] {
    content(sizeBytes: durableSizeBytes) { $0[0] }
  }

  /// All has.
  var everything: [UInt8] {
    content(sizeBytes: latestSizeBytes) { $0[$0.count - 1] }
  }

  /// Some has, each page and the size drawn by lot.
  func sample(_ random: inout SplitMix64) -> [UInt8] {
    let size = sizes.randomElement(using: &random) ?? 0
    return content(sizeBytes: size) { $0[Int.random(in: 0..<$0.count, using: &random)] }
  }

  /// All distinct contents. For small `combinationCount` only.
  func all() -> [[UInt8]] {
    var contents: Set<[UInt8]> = []
    var digits = [Int](repeating: 0, count: choices.count)
    while true {
      for size in sizes {
        var position = 0
        contents.insert(
          content(sizeBytes: size) { pages in
            defer { position += 1 }
            return pages[digits[position]]
          })
      }
      guard let next = digits.indices.first(where: { digits[$0] + 1 < choices[$0].pages.count })
      else { break }
      digits[next] += 1
      for lower in 0..<next { digits[lower] = 0 }
    }
    return contents.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func content(sizeBytes size: Int, choose: ([[UInt8]]) -> [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    func place(_ page: [UInt8], at index: Int) {
      let start = index * pageSizeBytes
      guard start < size else { return }
      let length = min(pageSizeBytes, size - start)
      bytes.replaceSubrange(start..<start + length, with: page[..<length])
    }
    for (index, page) in durablePages { place(page, at: index) }
    for choice in choices { place(choose(choice.pages), at: choice.index) }
    return bytes
  }
}
