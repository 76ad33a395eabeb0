import Checkpoint
import CheckpointCommand
import SystemPackage
import Testing

@Suite("ckpt inspect")
struct InspectTests {
  let directory = TemporaryDirectory()
  var file: FilePath { directory.file("a.ckpt") }

  private func save(_ tensors: [String: Tensor]) throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors = tensors
    try Samples.save(checkpoint, to: file)
  }

  @Test("the facts of a file, then its tensors")
  func facts() throws {
    var checkpoint = Checkpoint(step: 4800, epoch: 12)
    checkpoint.metrics = ["val_acc": 0.97, "loss": .nan]
    checkpoint.pendingMetrics = ["bleu"]
    checkpoint.tags = ["final"]
    checkpoint.documents["training"] = ["lr": 0.001]
    checkpoint.blobs["random"] = [1, 2, 3]
    checkpoint.tensors = [
      "model/kernel": Tensor([Float](repeating: 1, count: 600), shape: [20, 30]),
      "bad": Tensor([Float.nan, 1]),
    ]
    checkpoint.aliases["tied"] = "model/kernel"
    try Samples.save(checkpoint, to: file, compression: .compact)
    let result = ckpt("inspect", file.string)
    #expect(result.status == .success)
    let size = try CheckpointReader(file).fileSizeBytes
    let stored = try CheckpointReader(file).info("model/kernel").storedBytes
    #expect(
      result.output.hasPrefix(
        """
        file       \(file)
        format     version 1.0, chunks of 64.0 KiB
        uuid       00000000-0000-0000-0000-000000000001
        created    2025-11-24 16:00:00 UTC (3 min ago)
        size       \(HumanSizes.of(size)) (\(size) bytes)
        step       4800
        epoch      12
        saved      2025-11-24 16:00:00 UTC (3 min ago)
        metrics    loss nan, val_acc 0.97
        pending    bleu
        tags       final
        weights    3 tensors, 2.4 KiB, stored in \(stored + 8) B
        """), "\(result.output)")
    #expect(
      result.lines.suffix(9).prefix(3).elementsEqual([
        "non-finite 1 value", "documents  training 12 B", "blobs      random 3 B",
      ]), "\(result.output)")
    let rows = result.lines.suffix(5).map { $0.split(separator: " ").map(String.init) }
    #expect(
      rows[0] == ["TENSOR", "DTYPE", "SHAPE", "SIZE", "STORED", "RATIO", "ENCODING", "NON-FINITE"])
    #expect(
      rows[1].starts(with: ["bad", "f32", "[2]", "8", "B", "8", "B", "100.0", "%", "raw", "1"]))
    #expect(
      rows[2].starts(with: ["model/kernel", "f32", "[20,", "30]", "2.3", "KiB", "\(stored)", "B"]))
    #expect(rows[3] == ["tied", "f32", "[20,", "30]", "2.3", "KiB", "=", "model/kernel"])
  }

  @Test("a spare copy that had to be used is told")
  func damage() throws {
    try save(["w": Tensor([1, 2] as [Float])])
    try Samples.damage(file, at: 4096 + 40)
    let result = ckpt("inspect", file.string)
    #expect(result.status == .success)
    #expect(result.lines.contains { $0.hasPrefix("damage     ") && $0.contains("4096") })
  }

  static let printed: [(Tensor, String)] = [
    (Tensor([1.5, -0.1, .nan, .infinity] as [Float]), "[ 1.5 -0.1  nan  inf]"),
    (Tensor([0.1, 1e300] as [Double]), "[   0.1 1e+300]"),
    (Tensor([0.1, 65504, 5.960464477539063e-08] as [Float16]), "[    0.1 65500.0   6e-08]"),
    (Tensor([BFloat16(0.1), BFloat16(-3)]), "[ 0.1 -3.0]"),
    (Tensor([true, false]), "[ true false]"),
    (Tensor([.max, 0] as [UInt64]), "[18446744073709551615                    0]"),
    (Tensor([Complex64(1, -2)]), "[1.0-2.0j]"),
    (Tensor([1, 2, 3, 4] as [Int8], shape: [2, 2]), "[[1 2]\n [3 4]]"),
    (Tensor([1, 2] as [Int8], shape: [2, 1, 1]), "[[[1]]\n\n [[2]]]"),
    (Tensor(scalar: Int64(42)), "42"),
    (Tensor([] as [Float], shape: [1 << 40, 0]), "[]"),
  ]

  @Test(
    "values are printed as the shortest decimals that read back",
    arguments: printed)
  func values(_ tensor: Tensor, _ text: String) throws {
    try save(["w": tensor])
    #expect(ckpt("inspect", file.string, "--tensor", "w").output == text + "\n")
  }

  static let choices: [(String, String)] = [
    ("w[1]", "[3 4]"), ("w[-1]", "[7 8]"), ("w[1:3]", "[[3 4]\n [5 6]]"), ("w[:1]", "[[1 2]]"),
    ("w[-1:]", "[[7 8]]"), ("w[2:1]", "[]"), ("w[5]", "[9 9]"), ("w[0]", "[1 2]"),
  ]

  @Test(
    "rows are chosen as in Python",
    arguments: choices)
  func rows(_ argument: String, _ text: String) throws {
    try save([
      "w": Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [UInt8], shape: [4, 2]),
      // A name may look like a choice of rows; then it is the name.
      "w[5]": Tensor([9, 9] as [UInt8]),
    ])
    #expect(ckpt("inspect", file.string, "--tensor", argument).output == text + "\n")
  }

  @Test(
    "rows and tensors that are not there are the request's fault",
    arguments: [
      "w[4]", "w[-5]", "w[9:]", "w[x]", "w[1:2:3]", "w[]", "s[0]", "nope", "nope[0]",
    ])
  func wrongRows(_ argument: String) throws {
    try save([
      "w": Tensor([1, 2, 3, 4] as [UInt8], shape: [4, 1]), "s": Tensor(scalar: UInt8(1)),
    ])
    let result = ckpt("inspect", file.string, "--tensor", argument)
    #expect(result.status == .badRequest)
    #expect(result.output == "")
    #expect(result.messages.hasPrefix("ckpt: "))
    #expect(result.messages.split(separator: "\n").count == 1)
  }

  @Test("of large tensors the middle is left out, in every dimension")
  func elision() throws {
    try Samples.makeLarge(at: file)
    #expect(
      ckpt("inspect", file.string, "--tensor", "large").output == """
        [[  0.0   1.0   2.0 ...  21.0  22.0  23.0]
         [ 24.0  25.0  26.0 ...  45.0  46.0  47.0]
         [ 48.0  49.0  50.0 ...  69.0  70.0  71.0]
         ...
         [328.0 329.0 330.0 ... 349.0 350.0 351.0]
         [352.0 353.0 354.0 ... 373.0 374.0 375.0]
         [376.0 377.0 378.0 ... 397.0 398.0 399.0]]

        """)
  }

  @Test("long rows are broken where the terminal ends")
  func width() throws {
    try save(["w": Tensor((0..<40).map { UInt8($0) + 100 })])
    let result = ckpt("inspect", file.string, "--tensor", "w", width: 30)
    #expect(result.lines.allSatisfy { $0.count <= 30 })
    #expect(result.lines[0] == "[100 101 102 103 104 105 106")
    #expect(result.lines[1] == " 107 108 109 110 111 112 113")
  }

  @Test("dtypes smaller than a byte have no values to show")
  func packed() throws {
    try save(["w": Tensor(dtype: .f4, shape: [4], bytes: [1, 2])])
    #expect(ckpt("inspect", file.string, "--tensor", "w").status == .badRequest)
    #expect(ckpt("inspect", file.string, "--stats").output.contains("packed"))
  }

  @Test("--json holds all values, nested by shape")
  func jsonValues() throws {
    try save([
      "w": Tensor([1.5, .nan, 3, -.infinity] as [Float], shape: [2, 2]),
      "u": Tensor([.max, 1] as [UInt64]), "c": Tensor([Complex64(1, 2)]),
    ])
    let json = ckpt(
      "inspect", file.string, "--tensor", "w", "--tensor", "w[1]", "--tensor", "u", "--tensor", "c",
      "--json"
    ).json
    #expect(json["tensors"]?[0]?["values"] == [[1.5, "NaN"], [3.0, "-Infinity"]])
    #expect(json["tensors"]?[1]?["values"] == [3.0, "-Infinity"])
    #expect(json["tensors"]?[1]?["rows"] == [1, 2])
    #expect(json["tensors"]?[2]?["values"] == ["18446744073709551615", 1])
    #expect(json["tensors"]?[3]?["values"] == [[1.0, 2.0]])
  }

  @Test("what a control character in a file's name or metric would do to the terminal it can't")
  func escapes() throws {
    var checkpoint = Checkpoint()
    checkpoint.tensors["evil\u{1B}[31m\n\u{9B}2J\u{202E}"] = Tensor([1] as [Float])
    checkpoint.metrics["loss\u{7}"] = 1
    checkpoint.documents["d\u{1B}"] = ["\u{9B}": "\u{1B}"]
    try Samples.save(checkpoint, to: file)
    for arguments in [
      [], ["--json"], ["--documents"], ["--stats"], ["--chunks"], ["--tensor", "x\u{1B}"],
    ] {
      let output = CapturedOutput()
      let terminal = Terminal(output: output, messages: output, outputWidth: 200)
      _ = CheckpointProgram.run(["inspect", file.string] + arguments, on: terminal)
      #expect(!output.text.isEmpty)
      let isClean = output.text.unicodeScalars.allSatisfy {
        $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E
      }
      #expect(isClean, "\(arguments): \(output.text.debugDescription)")
    }
    #expect(ckpt("inspect", file.string).output.contains("evil\\x1b[31m\\n\\u{9b}2J\\u{202e}"))
    // Programs get the very names.
    let json = ckpt("inspect", file.string, "--json").json
    #expect(json["tensors"]?[0]?["name"] == "evil\u{1B}[31m\n\u{9B}2J\u{202E}")
  }

  @Test("a document is printed as JSON that a program can read, one alone or all as an object")
  func documents() throws {
    var checkpoint = Checkpoint()
    checkpoint.documents = ["training": ["lr": 0.001], "history": [1, 2]]
    try Samples.save(checkpoint, to: file)
    #expect(
      ckpt("inspect", file.string, "--document", "training").output == "{\n  \"lr\": 0.001\n}\n")
    #expect(
      ckpt("inspect", file.string, "--documents").json
        == ["history": [1, 2], "training": ["lr": 0.001]])
    #expect(
      ckpt("inspect", file.string, "--document", "history", "--json").json["documents"]
        == ["history": [1, 2]])
    let missing = ckpt("inspect", file.string, "--document", "nope")
    #expect(missing.status == .badRequest)
    #expect(missing.messages.contains("there is no such document: \"nope\""))
    #expect(ckpt("inspect", file.string, "--documents", "--stats").status == .usage)
  }

  @Test("damage to what is asked for is the file's fault, and nothing half-read is printed")
  func damagedTensor() throws {
    try Samples.makeLarge(at: file)
    try Samples.damage(file, at: Samples.offset(of: "large", chunk: 2, in: file) + 5)
    let result = ckpt("inspect", file.string, "--tensor", "large[40]", "--json")
    #expect(result.status == .unreadable)
    #expect(result.json["error"]?["code"] == "checksumMismatch")
    #expect(result.json["error"]?["rule"] == "storedChecksum")
    #expect(result.json["error"]?["item"] == "large")
    #expect(result.json["error"]?["path"]?.stringValue == file.string)
    #expect(result.json["error"]?["offset"]?.intValue != nil)
    #expect(ckpt("inspect", file.string, "--tensor", "large[0]").status == .success)
  }

  @Test("what is no checkpoint: status 3; what is not there: status 4")
  func notACheckpoint() throws {
    try directory.write(Array("hello".utf8), to: "notes.txt")
    let notes = ckpt("inspect", directory.file("notes.txt").string)
    #expect(notes.status == .unreadable)
    #expect(notes.messages.contains(": \(directory.file("notes.txt"))"))
    let folder = ckpt("inspect", directory.path.string)
    #expect(folder.status == .unreadable)
    #expect(folder.messages == "ckpt: this is a directory: \(directory.path); ckpt ls lists it\n")
    #expect(ckpt("inspect", file.string).status == .failed)
    #expect(
      ckpt("inspect", directory.file("no/a.ckpt").string).messages
        == "ckpt: no such file or directory: \(directory.file("no/a.ckpt"))\n")
  }

  @Test("--chunks: where each stands, and its checksums")
  func chunks() throws {
    try Samples.makeLarge(at: file)
    let result = ckpt("inspect", file.string, "--chunks", "--tensor", "large", "--json")
    let chunks = result.json["tensors"]?[0]?["chunks"]?.arrayValue ?? []
    #expect(chunks.count == 7)
    let infos = try CheckpointReader(file).chunkInfos("large")
    #expect(chunks.map { $0["offset"]?.intValue } == infos.map { Int64($0.byteOffset) })
    #expect(chunks.last?["sizeBytes"] == 16_384)
    #expect(ckpt("inspect", file.string, "--chunks").lines.count == 1 + 7 + 1 + 1)
  }
}
