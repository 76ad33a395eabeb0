import CheckpointFormat
import Testing

/// Swift's dictionaries hold one of two names that write the same characters in different bytes: a
/// file that has both must be refused, not read as having one.
@Suite("Names of the summary that write the same characters")
struct SummaryNameTests {
  @Test("are refused", arguments: [false, true])
  func sameCharacters(_ areTags: Bool) throws {
    var summary = CheckpointSummary()
    // As many bytes as "e" and a combining acute accent.
    let names = ["eXX", "\u{E9}"]
    if areTags {
      summary.tags = Set(names)
    } else {
      for name in names { summary.metrics[name] = 1 }
    }
    let contents = try IndexContents(
      summary: summary, tensors: [], documents: [:], blobs: [:], chunkSizeBytes: 65536,
      hasDigests: false)
    var index = contents.encoded(chunks: [])
    let text = try #require(contents.layout.sections.first { $0.kind == .summaryText })
    func read() throws -> CheckpointSummary {
      let view = ByteView(index)
      let table = try SectionTable(
        decoding: view, isWhole: false, indexLengthBytes: UInt64(index.count), offset: 0)
      return try CheckpointSummary(decoding: view, table: table)
    }
    #expect(try read().tags == summary.tags)
    index.replaceSubrange(text.range.lowerBound..<text.range.lowerBound + 3, with: "e\u{301}".utf8)
    #expect { try read() } throws: { error in (error as? FormatError)?.rule == .order }
  }
}
