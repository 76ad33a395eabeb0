import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct PickleReaderTests {
  let folder = MemoryFolder()

  @Test func plainValuesAreRead() throws {
    for (body, expected) in [
      ([0x4B, 7] as [UInt8], "int(7)"), ([0x4D, 1, 2], "int(513)"),
      ([0x4A, 0xFF, 0xFF, 0xFF, 0xFF], "int(-1)"), ([0x8A, 0], "int(0)"),
      ([0x8A, 1, 0x80], "int(-128)"), ([0x8A, 2, 0x80, 0], "int(128)"),
      ([0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], "int(-9223372036854775808)"),
      ([0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], "double(1.5)"), ([0x4E], "none"),
      ([0x88], "bool(true)"), ([0x58, 1, 0, 0, 0, 0x61], "text(\"a\")"),
    ] {
      var reader = pickle(body)
      #expect("\(try reader.value())" == expected)
    }
  }

  /// Names that aren't on the list are refused before anything else happens, and said.
  @Test(arguments: [
    "posix\nsystem", "__builtin__\neval", "builtins\nexec", "os\nsystem", "subprocess\nPopen",
    "torch\nload", "torch._utils\n_rebuild_tensor", "collections\nordereddict",
    "torch\nFloatTensor",
    "torch.nn\nModule", "\n", "collections.OrderedDict\n",
  ])
  func strangeNamesAreRefused(name: String) throws {
    let call = Array("c\(name)\n".utf8) + [0x29, 0x52]
    var reader = pickle(call)
    let error = #expect(throws: CheckpointError.self) { try reader.value() }
    let full = name.replacing("\n", with: ".")
    #expect(error?.message.contains(full) == true)
  }

  /// Operations of other pickles: instances, extensions, old calls, newer protocols.
  @Test func strangeOperationsAreRefused() throws {
    let known = Set(
      "N\u{88}\u{89}KMJ\u{8A}GXc)\u{85}\u{86}\u{87}t]}aesu(qrhjRbQ.".unicodeScalars.map(\.value))
    for operation in UInt32(0)...255 where !known.contains(operation) {
      var reader = pickle([UInt8(operation), 0, 0, 0, 0])
      let error = #expect(throws: CheckpointError.self) { try reader.value() }
      #expect(error?.message.contains("operation 0x\(String(operation, radix: 16))") == true)
    }
  }

  /// A machine that lacks what it works on.
  @Test func aStackThatLacksSomethingIsAnError() throws {
    for body: [UInt8] in [
      [], [0x74], [0x85], [0x28], [0x28, 0x85], [0x4E, 0x28, 0x86], [0x61], [0x5D, 0x61],
      [0x4E, 0x4E, 0x61], [0x7D, 0x4E, 0x73], [0x7D, 0x28, 0x4E, 0x75], [0x71, 0], [0x68, 0],
      [0x6A, 0xFF, 0xFF, 0xFF, 0xFF], [0x52], [0x4E, 0x29, 0x52], [0x51], [0x29, 0x51],
      [0x62], [0x4E, 0x7D, 0x62], [0x4E, 0x4E], [0x4E, 0x28], [0x58, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x58, 1, 0, 0, 0, 0xFF], [0x8A, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0x28, 0x4E, 0x75],
      // Values below a mark are out of reach.
      [0x4E, 0x28, 0x85, 0x74, 0x86], [0x4E, 0x4E, 0x28, 0x86, 0x74],
      [0x4E, 0x28, 0x71, 0, 0x74, 0x86],
    ] {
      var reader = pickle(body)
      #expect(throws: CheckpointError.self, "\(body)") { try reader.value() }
    }
    // Not ended, ended twice, of another protocol.
    for bytes: [UInt8] in [
      [0x80, 2, 0x4E], [0x80, 2, 0x4E, 0x2E, 0x2E], [0x80, 4, 0x4E, 0x2E], [],
    ] {
      var reader = PickleReader(bytes, path: "p")
      #expect(throws: CheckpointError.self) { try reader.value() }
    }
  }

  @Test func depthCostsNoStack() throws {
    // A tuple in a tuple, a million times; a list that holds itself.
    var deep = pickle([0x29] + [UInt8](repeating: 0x85, count: 1_000_000))
    guard case .tuple = try deep.value() else { throw CheckpointError(.mismatch, "no tuple") }
    let state = try state([
      0x7D, 0x58, 1, 0, 0, 0, 0x61, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x73,
    ])
    #expect(throws: CheckpointError.self) { try state.get() }
    // A dictionary that holds one twice that holds one twice...: 8^15 ways.
    var laughs: [UInt8] = []
    for level in UInt8(0)..<15 { laughs += [0x7D, 0x71, level, 0x58, 1, 0, 0, 0, 0x61] }
    laughs += [0x7D, 0x71, 15]
    for level in (UInt8(1)...15).reversed() {
      laughs += [0x73]
      for key: UInt8 in 0x62..<0x6A { laughs += [0x58, 1, 0, 0, 0, key, 0x68, level, 0x73] }
    }
    let error = #expect(throws: CheckpointError.self) { try self.state(laughs).get() }
    #expect(error?.code == .limitExceeded)
  }

  /// A key of a megabyte, remembered and used again.
  @Test func namesTakeNoMoreMemoryThanIsAllowed() throws {
    let key = [0x58, 0, 0, 0x10, 0] + [UInt8](repeating: 0x6B, count: 1 << 20)
    func body(_ count: Int) -> [UInt8] {
      [0x7D, 0x58, 1, 0, 0, 0, 0x61, 0x7D] + key + [0x71, 0, 0x4E, 0x73]
        + (1..<count).flatMap { _ in [0x68, 0, 0x4E, 0x73] as [UInt8] } + [0x73]
    }
    #expect(try state(body(60)).get().losses.count == 21)
    let error = #expect(throws: CheckpointError.self) { try self.state(body(64)).get() }
    #expect(error?.code == .limitExceeded)
  }

  /// Every byte of a pickle lost or changed: an error, or tensors that lie in their storages.
  @Test func damageNeverTraps() throws {
    let archive = try fixtureBytes("pytorch/files/parameters.pt")
    let zip = try ZipReader(try folder.file(archive))
    let original = try zip.bytes(
      of: try #require(zip.members.first { $0.name.hasSuffix("data.pkl") }), limit: 1 << 20)
    let storage = try zip.bytes(
      of: try #require(zip.members.first { $0.name.hasSuffix("data/0") }), limit: 1 << 20)
    #expect(try read(original, storage).count == 1)
    for length in 0..<original.count {
      #expect(throws: CheckpointError.self) { try read(Array(original[..<length]), storage) }
    }
    var kept = 0
    for offset in original.indices {
      for value: UInt8 in [0, 1, 0x28, 0x29, 0x4B, 0x52, 0x68, 0x71, 0x74, 0x7F, 0x85, 0xFF] {
        do throws(CheckpointError) {
          for tensor in try read(patched(original, offset, [value]), storage) {
            #expect(tensor.bytes.count <= storage.count)
            kept += 1
          }
        } catch {
          #expect(!error.message.isEmpty)
        }
      }
    }
    #expect(kept > 0)
  }

  @Test func viewsThatLieAreRefused() throws {
    // offset, shape, strides over a storage of four floats.
    for (offset, shape, strides, isTaken) in [
      (0, [4], [1], true), (0, [2, 2], [2, 1], true), (0, [2, 2], [1, 2], true),
      (2, [2], [1], true), (3, [1], [99], true), (0, [0], [1], true), (99, [0], [1], true),
      (0, [5], [1], false), (1, [4], [1], false), (4, [1], [1], false), (0, [2], [4], false),
      (0, [4], [0], false), (0, [2, 2], [1, 1], false), (0, [Int.max], [1], false),
      (0, [1 << 62, 1 << 62], [1, 1], false), (0, [2], [Int.max], false),
      (Int.max, [1], [1], false),
    ] {
      // When it is opened, and not only when it is read.
      let result = Result { () throws(CheckpointError) in
        try open(
          view(offset: offset, shape: shape, strides: strides), [UInt8](repeating: 1, count: 16))
      }
      switch result {
      case .success(let state):
        #expect(isTaken && state.tensors[0].shape == shape, "\(offset) \(shape)")
        #expect(try state.tensors[0].bytes().count == 4 * shape.reduce(1, *))
      case .failure(let error): #expect(!isTaken, "\(error)")
      }
    }
  }

  @Test func aTensorHasNoMoreDimensionsThanPyTorchAllows() throws {
    for (rank, isTaken) in [(64, true), (65, false)] {
      let ones = [Int](repeating: 1, count: rank)
      let result = Result { () throws(CheckpointError) in
        try open(view(offset: 0, shape: ones, strides: ones), [UInt8](repeating: 1, count: 16))
      }
      switch result {
      case .success(let state): #expect(isTaken && state.tensors[0].shape == ones)
      case .failure(let error): #expect(!isTaken && error.code == .limitExceeded)
      }
    }
  }

  // MARK: Pickles

  private func pickle(_ body: [UInt8]) -> PickleReader {
    PickleReader([0x80, 2] + body + [0x2E], path: "p")
  }

  private func state(_ body: [UInt8]) throws -> Result<TorchStateDict, CheckpointError> {
    var reader = pickle(body)
    let value = try reader.value()
    return Result { () throws(CheckpointError) in try TorchStateDict(value, of: reader) }
  }

  private func view(offset: Int, shape: [Int], strides: [Int]) -> [UInt8] {
    var pickle = PickleWriter()
    pickle.emptyOrderedDictionary()
    pickle.text("x")
    pickle.global("torch._utils", "_rebuild_tensor_v2")
    pickle.operation("(")
    pickle.operation("(")
    pickle.text("storage")
    pickle.global("torch", "FloatStorage")
    pickle.text("0")
    pickle.text("cpu")
    pickle.number(4)
    pickle.operation("t")
    pickle.operation("Q")
    pickle.number(UInt64(offset))
    pickle.tuple(shape)
    pickle.tuple(strides)
    pickle.bool(false)
    pickle.emptyOrderedDictionary()
    pickle.operation("t")
    pickle.operation("R")
    pickle.operation("s")
    return pickle.finish()
  }

  private func read(
    _ pickle: [UInt8], _ storage: [UInt8]
  ) throws(CheckpointError) -> [WholeTensor] {
    try WholeTensor.all(try open(pickle, storage))
  }

  private func open(
    _ pickle: [UInt8], _ storage: [UInt8]
  ) throws(CheckpointError) -> ExchangeState {
    let folder = MemoryFolder()
    let output = try ExchangeOutput("/a.pt", in: folder.disk)
    let zip = ZipWriter(output)
    try zip.add("a/data.pkl", pickle)
    try zip.add("a/data/0", storage)
    try zip.finish()
    try output.commit(replacing: true)
    return try TorchReader.read("/a.pt", in: folder.disk)
  }
}
