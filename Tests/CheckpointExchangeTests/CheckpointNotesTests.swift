import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite struct CheckpointNotesTests {
  @Test func bytesOfEveryLengthSurviveAsText() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 89 + 3) }
      #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
    }
    #expect(Base64.text(of: Array("Man".utf8)) == "TWFu")
    #expect(Base64.text(of: Array("Ma".utf8)) == "TWE=")
    #expect(Base64.text(of: Array("M".utf8)) == "TQ==")
    for text in ["A", "AA", "AAA", "A===", "AB==", "AAB=", "TW=u", "====", "TWF\n", "TWFuA"] {
      #expect(Base64.bytes(of: text) == nil, "\(text)")
    }
  }

  @Test func theEmptyCheckpointComesBackToo() throws {
    let text = Array(CheckpointNotes.json(Checkpoint()).text().utf8)
    #expect(try CheckpointNotes.parse(text).0 == Checkpoint())
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"format\":\"other\",\"version\":1}",
    "{\"format\":\"ckpt-notes\",\"version\":2}", "{\"format\":\"ckpt-notes\"}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"step\":1}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"step\":\"-1\"}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"run_id\":\"x\"}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"metrics\":{\"a\":\"x\"}}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"tags\":[1]}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"blobs\":{\"a\":\"?\"}}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"documents\":[]}",
    "{\"format\":\"ckpt-notes\",\"version\":1,\"aliases\":{\"a\":1}}",
  ])
  func notesThatAreNoneAreRefused(text: String) {
    #expect(throws: CheckpointError.self) { try CheckpointNotes.parse(Array(text.utf8)) }
  }
}
