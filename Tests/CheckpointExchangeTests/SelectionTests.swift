import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite("What passes, and under which names")
struct SelectionTests {
  private func state(_ names: String...) throws -> ExchangeState {
    ExchangeState(tensors: try names.map { try StreamedTensor($0, [1] as [Float], [1]) })
  }

  private func names(
    _ state: ExchangeState, _ change: (inout ExchangeOptions) -> Void
  ) throws -> [String] {
    var options = ExchangeOptions()
    change(&options)
    return try state.applying(options, tally: CastTally()).tensors.map(\.name)
  }

  @Test(
    "patterns",
    arguments: [
      ("a/*", "a/b/c", true), ("a/*", "b/a/", false), ("*", "", true), ("", "a", false),
      ("?", "é", true), ("?", "", false), ("a?c", "abc", true), ("*b", "ab", true),
      ("*b", "abc", false), ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
      ("**", "x", true),
      ("a", "a", true), ("[a]", "a", false), ("*a?", "aaa", true),
    ])
  func patterns(_ pattern: String, _ name: String, _ fits: Bool) {
    #expect(NamePattern(pattern).matches(name) == fits)
  }

  @Test("a pattern that would take exponential time with backtracking takes none")
  func hostilePattern() {
    let name = String(repeating: "a", count: 2000)
    #expect(!NamePattern(String(repeating: "*a", count: 200) + "b").matches(name))
  }

  @Test("only: those that fit any pattern; a pattern that fits nothing is an error")
  func only() throws {
    let state = try state("a/x", "b/x", "c")
    #expect(try names(state) { $0.only = ["*/x"] } == ["a/x", "b/x"])
    #expect(try names(state) { $0.only = ["c", "a/?"] } == ["a/x", "c"])
    #expect(throws: CheckpointError.self) { try names(state) { $0.only = ["c", "d"] } }
  }

  @Test("renames: names, and beginnings that end with a slash; the first that applies counts")
  func renames() throws {
    let state = try state("a/x", "a/y", "ab", "c")
    let rename = { (old: String, new: String) in TensorRename(old: old, new: new) }
    #expect(
      try names(state) { $0.renames = [rename("a/x", "z"), rename("a/", "q/r/")] }
        == ["z", "q/r/y", "ab", "c"])
    #expect(try names(state) { $0.renames = [rename("a/", "")] } == ["x", "y", "ab", "c"])
    for bad in [rename("a", "b"), rename("d/", "e/"), rename("c", "ab")] {
      #expect(throws: CheckpointError.self) { try names(state) { $0.renames = [bad] } }
    }
    #expect(TensorRename("a=b=c") == rename("a", "b=c"))
    #expect(TensorRename("=b") == nil && TensorRename("b") == nil)
  }

  @Test("weights only: no optimizer, no callbacks, no documents of the training, no generators")
  func weightsOnly() throws {
    var state = try state("model/a", "optimizer/iteration", "callback/0/x", "other")
    for name in ["architecture", "training", "history", "position", "notes"] {
      state.checkpoint.documents[name] = [:]
    }
    state.checkpoint.blobs = ["random/shuffle": [1], "mine": [2]]
    var options = ExchangeOptions()
    options.weightsOnly = true
    let result = try state.applying(options, tally: CastTally())
    #expect(result.tensors.map(\.name) == ["model/a", "other"])
    #expect(result.checkpoint.documents.keys.sorted() == ["architecture", "notes"])
    #expect(result.checkpoint.blobs == ["mine": [2]])
    #expect(result.checkpoint.tags == ["weights-only"])
  }

  @Test("tied weights stay tied under new names, and part where one of them doesn't pass")
  func aliases() throws {
    var state = try state("a", "b")
    state.checkpoint.aliases = ["b": "a"]
    var options = ExchangeOptions()
    options.renames = [TensorRename(old: "a", new: "x")]
    #expect(try state.applying(options, tally: CastTally()).checkpoint.aliases == ["b": "x"])
    options = ExchangeOptions()
    options.only = ["b"]
    #expect(try state.applying(options, tally: CastTally()).checkpoint.aliases == [:])
  }

  @Test("tied weights that a file only claims are tensors of their own, and that is said")
  func claimedAliases() throws {
    var state = ExchangeState(tensors: [
      try StreamedTensor("a", [1, 2] as [Float], [2]),
      try StreamedTensor("b", [1, 2] as [Float], [2]),
      try StreamedTensor("c", [1, 3] as [Float], [2]),
      try StreamedTensor("d", [1, 2] as [Float], [1, 2]),
    ])
    state.checkpoint.aliases = ["b": "a", "c": "a", "d": "a", "e": "a", "a": "f"]
    try state.checkAliases()
    #expect(state.checkpoint.aliases == [:])
    #expect(state.losses.count == 5)
    state.checkpoint.aliases = ["b": "a", "c": "a"]
    try state.checkAliases()
    #expect(state.checkpoint.aliases == ["b": "a"])
  }
}
