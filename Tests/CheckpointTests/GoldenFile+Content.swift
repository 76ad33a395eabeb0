import Checkpoint
import CheckpointFormat
import ContainerSurgery

/// What the golden files hold. A change here is a change of the format's promise: golden files of a
/// released version are never written again.
extension GoldenFile {
  static func tensor(_ dtype: DType, _ shape: [Int], _ kind: SampleBytes) -> Tensor {
    let count = shape.reduce(1, *) * dtype.bitsPerElement / 8
    var bytes = kind.bytes(count: count, width: dtype.scalarBytes, isBrain: dtype == .bf16)
    if dtype == .bool { bytes = bytes.map { $0 & 1 } }
    guard let tensor = try? Tensor(dtype: dtype, shape: shape, bytes: bytes) else {
      preconditionFailure("\(count) bytes don't make \(dtype) of shape \(shape)")
    }
    return tensor
  }

  static func fillDocuments(_ checkpoint: inout Checkpoint) {
    checkpoint.documents = [
      "architecture": [
        "class": "Sequential", "layers": [["units": 10, "bias": true], nil, [:], []],
        "größe": "😀\u{0}\"\\/\u{1F}",
      ],
      "training": ["rate": 1e-3, "seed": .int(.min), "limit": .int(.max), "scale": 1e300],
      "history": ["loss": [0.5, 0.25, 1e-300], "acc": []],
      "position": 17, "null": nil, "text": "", "空": [true, false],
    ]
    checkpoint.blobs = ["random/dropout": Array(0...255), "empty": [], "空": [0]]
  }

  static func fillMetrics(_ checkpoint: inout Checkpoint) {
    checkpoint.step = .max
    checkpoint.epoch = 0
    checkpoint.runID = UniqueID(high: 1, low: 2)
    checkpoint.metrics = [
      "loss": 0.25, "nan": .nan, "up": .infinity, "down": -.infinity, "zero": -0.0,
      "tiny": .leastNonzeroMagnitude, "huge": .greatestFiniteMagnitude, "möglich": 1,
    ]
    checkpoint.pendingMetrics = ["bleu", "später"]
    checkpoint.tags = ["final", "before-finetune", "überprüft", "😀"]
  }

  static func fillShapes(_ checkpoint: inout Checkpoint) {
    checkpoint.tensors = [
      "scalar": Tensor(scalar: 0.5 as Double), "scalar/bool": Tensor(scalar: true),
      "one": Tensor([7] as [Int8]), "empty": Tensor([] as [Float]),
      "empty/inner": Tensor([] as [Double], shape: [3, 0, 2]),
      "empty/wide": Tensor([] as [UInt8], shape: [0, 1 << 40]),
      "rank 64": Tensor(
        [1, 2, 3, 4] as [Int16], shape: [2] + Array(repeating: 1, count: 62) + [2]),
      "rank 8": Tensor((0..<256).map { UInt8($0) }, shape: Array(repeating: 2, count: 8)),
      "f4": GoldenFile.tensor(.f4, [3, 2], .random),
      "f6": GoldenFile.tensor(.f6e2m3, [4], .random),
    ]
  }

  static func fillNames(_ checkpoint: inout Checkpoint) {
    let names = [
      " ", "a", "a/", "a/b", "A", "größe", "gro\u{308}ße", "重み/β", "😀", "\u{FF21}", "\u{10FFFF}",
      "../../etc/passwd", "/absolute", "C:\\x", "tab\tand\nline", "\"quoted\"", "\u{7F}",
      "\u{FEFF}",
      String(repeating: "n", count: 4096), String(repeating: "é", count: 2048),
    ]
    for (number, name) in names.enumerated() {
      checkpoint.tensors[name] = Tensor([UInt8(number)])
    }
    checkpoint.documents["größe/文"] = 1
    checkpoint.blobs["../x"] = [1]
  }

  static func fillNonFinite(_ checkpoint: inout Checkpoint) {
    for dtype in DType.allCases where dtype.isFloatingPoint {
      // All bits set, the exponent set, and numbers: what is not finite differs by dtype.
      let width = dtype.scalarBytes
      let bytes =
        [UInt8](repeating: 0xFF, count: 12 * width) + [UInt8](repeating: 0x80, count: 12 * width)
        + [UInt8](repeating: 0x7C, count: 12 * width) + [UInt8](repeating: 0x01, count: 12 * width)
      let count = bytes.count * 8 / dtype.bitsPerElement
      checkpoint.tensors["\(dtype)"] = try? Tensor(dtype: dtype, shape: [count], bytes: bytes)
    }
    checkpoint.tensors["mixed"] = Tensor([1, .nan, -.infinity, 2] as [Float])
    checkpoint.aliases = ["mixed too": "mixed"]
  }

  /// Only what the own codecs code: the same bytes on every machine, for ever.
  static func fillFloats(_ checkpoint: inout Checkpoint) {
    checkpoint.tensors = [
      "bf16": GoldenFile.tensor(.bf16, [64, 65], .normal),
      "bf16 in chunks": GoldenFile.tensor(.bf16, [33_001], .normal),
      "f32": GoldenFile.tensor(.f32, [1003], .normal),
      "bytes": GoldenFile.tensor(.u8, [3001], .normal),
      "few values": Tensor(SampleBytes.normal.bytes(count: 3001).map { ($0 &+ 128) >> 3 }),
    ]
    checkpoint.step = 4800
  }

  static func fillCoded(_ checkpoint: inout Checkpoint) {
    checkpoint.tensors = [
      "floats/bf16": GoldenFile.tensor(.bf16, [32, 64], .normal),
      "floats/f16": GoldenFile.tensor(.f16, [1001], .normal),
      "floats/f32": GoldenFile.tensor(.f32, [500], .normal),
      "floats/f64": GoldenFile.tensor(.f64, [200], .normal),
      "floats/c64": GoldenFile.tensor(.c64, [300], .normal),
      "ints/i64": GoldenFile.tensor(.i64, [40, 25], .ramp),
      "ints/u16": GoldenFile.tensor(.u16, [1500], .sparse),
      "ints/u32 in chunks": GoldenFile.tensor(.u32, [16_500], .ramp),
      "text": GoldenFile.tensor(.u8, [1500], .text),
      "constant in chunks": GoldenFile.tensor(.f32, [200, 200], .zeros),
      "repeated": GoldenFile.tensor(.u8, [900], .repeated),
      "random": GoldenFile.tensor(.u8, [500], .random),
      "few": GoldenFile.tensor(.f32, [3], .zeros),
    ]
    checkpoint.aliases = ["tied": "floats/bf16"]
    checkpoint.step = 4800
  }
}
