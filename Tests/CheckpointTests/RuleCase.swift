import Checkpoint
import CheckpointFormat
import ContainerSurgery
import Testing

/// A golden error: a container that breaks one rule of FORMAT.md, with all checksums right that are
/// not what is broken, and what the rule's error does.
struct RuleCase: Sendable, CustomTestStringConvertible {
  /// When the rule's error comes, and what it costs.
  enum Moment: Sendable {
    /// The file is refused.
    case opening
    /// The file opens; that tensor can't be read, all others can.
    case reading(String)
    /// The file opens; that document can't be read, all else can.
    case readingDocument(String)
    /// The file opens and is read; the reader says which copy it had to do without.
    case spare
    /// Only full verification finds it.
    case verifying
  }

  let rule: FormatRule
  let moment: Moment
  let what: String
  let change: @Sendable (ContainerSurgery) -> [UInt8]

  init(
    _ rule: FormatRule, _ what: String, at moment: Moment = .opening,
    bytes change: @escaping @Sendable (ContainerSurgery) -> [UInt8]
  ) {
    self.rule = rule
    self.moment = moment
    self.what = what
    self.change = change
  }

  /// Changes fields, and seals all checksums but those left out.
  init(
    _ rule: FormatRule, _ what: String, at moment: Moment = .opening,
    except open: ContainerSurgery.Seals = [],
    _ change: @escaping @Sendable (inout ContainerSurgery) -> Void
  ) {
    self.init(rule, what, at: moment) { original in
      var surgery = original
      change(&surgery)
      return surgery.sealed(.all.subtracting(open))
    }
  }

  /// The damaged file.
  var bytes: [UInt8] { change(RuleCase.sound) }

  var testDescription: String { "\(rule.rawValue): \(what)" }

  static let all = blocks + index + summary + records + tensors + chunks

  /// Small, and with something of everything. Its chunks, in the order of their numbers: 0 `a` raw, 1
  /// `b` Huffman coded, 2 `c` byte planes (the lower one raw, the upper one constant), 3 `d` LZ4, 4 `e`
  /// constant. Tensors: `a`, `a tied`, `b`, `c`, `d`, `e`, `f`, which has no elements.
  static let sound: ContainerSurgery = {
    var checkpoint = Checkpoint(step: 7)
    checkpoint.wallTime = Timestamp(nanoseconds: 5)
    checkpoint.tensors = [
      "a": Tensor([1, 2, 3, 4, 5, .nan] as [Float], shape: [2, 3]),
      "b": Tensor(SampleBytes.normal.bytes(count: 1000)),
      "c": Tensor((0..<200).map { UInt16($0) }, shape: [20, 10]),
      "d": Tensor(Array("abcd".utf8) + Array(String(repeating: "abcd", count: 99).utf8)),
      "e": Tensor([UInt8](repeating: 9, count: 100)),
      "f": Tensor([] as [Double], shape: [3, 0]),
    ]
    checkpoint.aliases = ["a tied": "a"]
    checkpoint.documents = ["position": ["x": 1], "training": ["y": 2]]
    checkpoint.blobs = ["more": [7], "rng": [5, 6]]
    checkpoint.metrics = ["loss": 0.5]
    checkpoint.pendingMetrics = ["soon"]
    checkpoint.tags = ["best", "größe"]
    let options = SaveOptions(
      compression: .fast, digests: true, fileID: UniqueID(high: 1, low: 2),
      created: Timestamp(nanoseconds: 1))
    let directory = TemporaryDirectory()
    do {
      try CheckpointWriter(directory.file("sound"), options: options).write(checkpoint)
      return ContainerSurgery(try directory.bytes("sound"))
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
