import Checkpoint
import CheckpointFormat
import ContainerSurgery
import SystemPackage
import Testing

@Suite("Golden errors: each rule of FORMAT.md, broken alone")
struct FormatRuleTests {
  @Test("the file they are made from is sound, and has all that they break")
  func sound() throws {
    let bytes = RuleCase.sound.sealed()
    #expect(bytes == RuleCase.sound.bytes)
    let reader = try CheckpointReader("sound", in: MemoryFileSystem(bytes))
    #expect(try reader.verify().state == .intact)
    let encodings = try ["a", "b", "c", "d", "e"].map { try reader.info($0).encoding }
    #expect(encodings == ["raw", "huffman", "byte planes", "lz4", "constant"])
  }

  @Test("there is one for each rule")
  func complete() {
    #expect(Set(RuleCase.all.map(\.rule)) == Set(FormatRule.allCases))
    #expect(Set(RuleCase.all.map(\.testDescription)).count == RuleCase.all.count)
    print("golden errors: \(RuleCase.all.count) damaged files, \(FormatRule.allCases.count) rules")
  }

  @Test("the error is that rule's, when FORMAT.md says", arguments: RuleCase.all)
  func error(_ damaged: RuleCase) throws {
    let files = MemoryFileSystem(damaged.bytes)
    let rule = damaged.rule.rawValue
    if case .opening = damaged.moment {
      let error = #expect(throws: CheckpointError.self) {
        try CheckpointReader("damaged", in: files)
      }
      #expect(error?.rule == rule, "\(String(describing: error))")
      return
    }
    let reader = try CheckpointReader("damaged", in: files)
    let verification = try reader.verify()
    #expect(verification.findings.contains { $0.error.rule == rule }, "\(verification.findings)")
    var lost: [String] = []
    for name in Array(reader.tensorNames) + reader.documentNames {
      do throws(CheckpointError) {
        if reader.documentNames.contains(name) {
          _ = try reader.document(name)
        } else {
          _ = try reader.tensor(name)
        }
      } catch {
        lost.append(name)
        #expect(error.rule == rule && error.item == name, "\(error)")
      }
    }
    switch damaged.moment {
    case .opening: break
    case .spare:
      #expect(reader.damage.map(\.rule) == [rule] && lost.isEmpty)
      #expect(verification.state == .degraded)
    case .reading("a"):
      #expect(lost == ["a", "a tied"] && reader.damage.isEmpty)
      #expect(verification.state == .damaged)
    case .reading(let name), .readingDocument(let name):
      #expect(lost == [name] && reader.damage.isEmpty)
      #expect(verification.state == .damaged)
    case .verifying:
      #expect(lost.isEmpty && reader.damage.isEmpty)
      #expect(verification.state != .intact)
    }
  }
}
