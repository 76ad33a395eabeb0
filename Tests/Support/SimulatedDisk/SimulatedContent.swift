/// A file's bytes: what reads see (the page cache), what is on the disk, and what lies between.
struct SimulatedContent {
  /// As many bytes as a page has; a page that was never written reads as zeros.
  typealias Page = [UInt8]

  let pageSizeBytes: Int
  private(set) var sizeBytes = 0
  private var cache: [Int: Page] = [:]
  private var durablePages: [Int: Page] = [:]
  private var durableSizeBytes = 0
  /// What each page has been since it was last made durable, oldest first.
  private var pendingPages: [Int: [Page]] = [:]
  /// The sizes that it has had since then.
  private var pendingSizes: Set<Int> = []

  init(pageSizeBytes: Int) {
    self.pageSizeBytes = pageSizeBytes
  }

  /// A file that is durable as it is.
  init(bytes: [UInt8], pageSizeBytes: Int) {
    self.pageSizeBytes = pageSizeBytes
    bytes.withUnsafeBytes { write($0, at: 0) }
    synchronize()
  }

  /// What a reader sees now.
  var visibleBytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: sizeBytes) { buffer, count in
      count = read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let count = max(0, min(buffer.count, sizeBytes - offset))
    var done = 0
    while done < count {
      let (index, start) = (offset + done).quotientAndRemainder(dividingBy: pageSizeBytes)
      let length = min(pageSizeBytes - start, count - done)
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + length])
      if let page = cache[index] {
        page[start..<start + length].withUnsafeBytes { target.copyMemory(from: $0) }
      } else {
        target.initializeMemory(as: UInt8.self, repeating: 0)
      }
      done += length
    }
    return count
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    var done = 0
    while done < bytes.count {
      let (index, start) = (offset + done).quotientAndRemainder(dividingBy: pageSizeBytes)
      let length = min(pageSizeBytes - start, bytes.count - done)
      var page = self.page(index)
      page.replaceSubrange(start..<start + length, with: bytes[done..<done + length])
      change(index, to: page)
      done += length
    }
    setSize(max(sizeBytes, offset + bytes.count))
  }

  mutating func truncate(sizeBytes newSizeBytes: Int) {
    if newSizeBytes < sizeBytes {
      for index in newSizeBytes / pageSizeBytes..<(sizeBytes + pageSizeBytes - 1) / pageSizeBytes {
        var page = self.page(index)
        let kept = max(0, min(pageSizeBytes, newSizeBytes - index * pageSizeBytes))
        page.replaceSubrange(kept..., with: repeatElement(0, count: pageSizeBytes - kept))
        change(index, to: page)
      }
    }
    setSize(newSizeBytes)
  }

  mutating func allocate(sizeBytes newSizeBytes: Int) {
    setSize(max(sizeBytes, newSizeBytes))
  }

  mutating func synchronize() {
    for index in pendingPages.keys { durablePages[index] = cache[index] }
    durableSizeBytes = sizeBytes
    pendingPages = [:]
    pendingSizes = []
  }

  /// A write-back that failed: the pages count as clean, though the disk never got them. The size
  /// goes another way, through the journal.
  mutating func forgetPendingPages() {
    pendingPages = [:]
  }

  /// What may be left of it when the power goes now.
  var survival: FileSurvival {
    FileSurvival(
      pageSizeBytes: pageSizeBytes, durablePages: durablePages, pendingPages: pendingPages,
      sizes: pendingSizes.union([durableSizeBytes]).sorted(),
      durableSizeBytes: durableSizeBytes, latestSizeBytes: sizeBytes)
  }

  private func page(_ index: Int) -> Page {
    cache[index] ?? Page(repeating: 0, count: pageSizeBytes)
  }

  private mutating func change(_ index: Int, to page: Page) {
    cache[index] = page
    pendingPages[index, default: []].append(page)
  }

  private mutating func setSize(_ newSizeBytes: Int) {
    guard newSizeBytes != sizeBytes else { return }
    sizeBytes = newSizeBytes
    pendingSizes.insert(newSizeBytes)
  }
}
