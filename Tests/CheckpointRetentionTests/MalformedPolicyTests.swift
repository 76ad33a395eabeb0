import CheckpointRetention
import Testing

import struct SimulatedDisk.SplitMix64

@Suite("Text that is no policy")
struct MalformedPolicyTests {
  private static let wrongTerms: [String] = [
    "last", "last=", "last=0", "last=-1", "last=+1", "last=1.5", "last=five", "last=1:2",
    "last=99999999999999999999", "last=1000000001", "last=٣", "last 5", "lst=5", "=5", "=",
    "last==5",
    "first=0", "first=1:1", "first:2", "best", "best=5", "best=acc", "best=5:acc:up",
    "best=5:acc:max:1", "best=0:acc", "best=5:\"\"", "best=5:", "best=5:speed", "best=5:speed:auto",
    "best=5:acc_loss", "every", "every=5", "every=steps", "every=0steps", "every=+5steps",
    "every=-1h", "every=1y",
    "every=1.0001h", "every=1h:2", "every=0s", "every=18446744073709551616steps",
    "every=18446744073709551615steps", "hourly", "daily=0", "weekly=1w", "thin=1h", "thin=4",
    "thin=1h:0", "thin=1h:", "thin=:4", "thin=0s:4", "tag", "tag=", "tag=\"\"", "tag=a:0",
    "tag=a:b",
    "tag=a:1:2", "tag=\"a\"b", "tag=a\"b\"", "tag=\"a\"\"b\"", "all=1", "all=", "max-count",
    "max-count=0", "max-count=-5", "max-count=1GB", "max-bytes=0", "max-bytes=1XB", "max-bytes=GB",
    "max-bytes=.5GB", "max-bytes=1.", "max-bytes=0.3B", "max-bytes=20000PiB", "min-free",
    "min-free=x",
    "save", "save=", "save=never", "save=epoch:1", "save=epoch:1s:2s", "save=epochs",
    "save=epochs:0s",
    "save=cost:0:1s:2s", "save=cost:1:3s:2s", "save=cost:1:0s:0s", "save=cost:1:1s",
    "save=cost:x:1s:2s", "max_count=5", "max-count=10=5", "tag=\"a\nb\":0", "best=5:\"a\nb\"",
    "la\nst=5", "la\u{2028}st=5", "la\u{85}st=5", "best=1:\"a\r\nb\":up",
  ]

  private static func isOneLine(_ text: String) -> Bool {
    !text.isEmpty && !text.contains(where: \.isNewline)
  }

  @Test(
    "is refused, with the term that is wrong, in one line",
    arguments: MalformedPolicyTests.wrongTerms)
  func terms(_ term: String) throws {
    for text in ["last=7,\(term)", "\(term),daily=3", "last=7, \(term) ,daily=3"] {
      let error = try #require(throws: PolicyError.self) { try RetentionPolicy(text) }
      #expect(error.item != nil, "\(text)")
      #expect(MalformedPolicyTests.isOneLine(error.message), "\(error.message)")
      #expect(MalformedPolicyTests.isOneLine(error.description), "\(error.description)")
      #expect(error.advice.map(MalformedPolicyTests.isOneLine) ?? true)
    }
  }

  @Test(
    "is refused if terms are missing, come twice or aren't closed",
    arguments: [
      "", " ", "\n", ",", "last=1,", ",last=1", "last=1,,first", "last=1, ,first", "max-count=5",
      "save=epoch:1s", "max-bytes=1GB,min-free=1GB", "last=1,last=1", "first,first=1",
      "best=1:acc,best=1:acc:max", "last=1,max-count=1,max-count=2",
      "last=1,min-free=1B,min-free=1B",
      "last=1,save=epoch:1s,save=epoch:1s", "tag=\"a", "tag=a\"", "tag=\"a\\\"", "last=1,tag=\"",
      "tag=\"a\\", "\"", "last=1;first", "last=1 first",
    ])
  func wholes(_ text: String) throws {
    let error = try #require(throws: PolicyError.self) { try RetentionPolicy(text) }
    #expect(MalformedPolicyTests.isOneLine(error.description), "\(error.description)")
  }

  @Test("never traps; and what is understood comes back")
  func mutations() throws {
    var random = SplitMix64(seed: 91)
    let alphabet = Array(
      ",:=\"\\ \n.-+0123456789aelpstwhdminGKB\u{301}\u{200D}\u{600}é٣½\u{FEFF}".unicodeScalars)
    var understood = 0
    for round in 0..<6000 {
      let words = [
        "9223372036854775808", "0.5", "1e9", "\"\"", "best=", "tag=", ",last=1", ":max", "0",
      ]
      let policy = round % 3 == 0 ? try PolicyTextTests.policy(&random).text : nil
      var text = Array(
        (policy ?? "last=5,best=5:val_acc:max,thin=1h:4,tag=\"a\\\"\":2,max-bytes=2GiB")
          .unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...text.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text.insert(alphabet.randomElement(using: &random) ?? ",", at: place)
        case 1 where place < text.count: text.remove(at: place)
        case 2 where place < text.count:
          text[place] = alphabet.randomElement(using: &random) ?? ","
        case 3:
          text.insert(
            contentsOf: (words.randomElement(using: &random) ?? "").unicodeScalars, at: place)
        default: text.removeSubrange(place..<min(text.count, place + 5))
        }
      }
      var string = String.UnicodeScalarView()
      string.append(contentsOf: text)
      do {
        let policy = try RetentionPolicy(String(string))
        understood += 1
        let again = try? RetentionPolicy(policy.text)
        if again != policy { Issue.record("\(String(string).debugDescription) \(policy.text)") }
      } catch {
        let isFine = MalformedPolicyTests.isOneLine(error.description)
        if !isFine { Issue.record("\(String(string).debugDescription): \(error)") }
      }
    }
    #expect(understood > 300)
  }
}
