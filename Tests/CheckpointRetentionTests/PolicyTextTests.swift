import CheckpointRetention
import Testing

@Suite("The text form of policies")
struct PolicyTextTests {
  @Test("comes back as it went in")
  func roundTrip() throws {
    let text = "last=5,best=5:val_acc:max,thin=1h:4,first,max-bytes=200GiB"
    #expect(try RetentionPolicy(text).text == text)
  }
}
