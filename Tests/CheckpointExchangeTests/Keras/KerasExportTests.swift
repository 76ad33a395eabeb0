import Checkpoint
import CheckpointTrainer
import Foundation
import Testing

@testable import CheckpointExchange

/// Where they are written.
private let directory = ProcessInfo.processInfo.environment["CKPT_KERAS_ARCHIVES"]

/// Writes archives for `Scripts/keras-exchange-test`, which has Keras load them: of the fixtures, and of
/// models that the trainer has trained, with what it predicts and how it goes on.
@Suite("Archives for Keras", .enabled(if: directory != nil))
struct KerasExportTests {
  @Test(arguments: KerasArchiveTests.cases)
  func ofKeras(name: String) throws {
    let state = try kerasFixture("\(name).real")
    try write("keras_\(name).keras", kerasArchive(state))
    try write(
      "keras_\(name).expected.safetensors",
      fixtureBytes("keras-archive/\(name).expected.safetensors"))
  }

  @Test func ofKerasInHalfPrecision() throws {
    let state = try kerasFixture("half.real")
    try write("half.keras", kerasArchive(state))
    let weights = try state.tensors.enumerated().map { number, tensor in
      let bytes = try tensor.allBytes()
      let values = stride(from: 0, to: bytes.count, by: 2).map { start -> Float in
        let bits = UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
        return tensor.dtype == .bf16
          ? Float(bitPattern: UInt32(bits) << 16) : Float(Float16(bitPattern: bits))
      }
      return float("weights/\(number)", FloatTensor(values, shape: tensor.shape))
    }
    try write("half.expected.safetensors", safetensors(weights))
  }

  /// Names of datasets are looked up by the tree's keys there.
  @Test func hdf5OfManyDatasets() throws {
    let dtypes: [DType] = [.u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64, .bool]
    let groups = (0..<8200).map { (["g", "\($0)"], DType.u32, $0) }
    let typed = dtypes.map { (["t", "v", $0.name], $0, 1) } + [(["one"], .u8, 1)]
    let contents = groups + typed
    let plan = try HDF5Plan(
      contents.map { path, dtype, _ in
        HDF5Plan.Dataset(
          path: path, dtype: dtype, shape: [1], sizeBytes: UInt64(dtype.bitsPerElement / 8))
      }, emptyGroups: [["none"]])
    var file = plan.header
    for ((_, dtype, value), offset) in zip(contents, plan.offsets) {
      file += [UInt8](repeating: 0, count: Int(offset) - file.count)
      file += bytes([UInt64(value)]).prefix(dtype.bitsPerElement / 8)
    }
    try write("many.h5", file)
  }

  @Test(arguments: TrainedModel.allCases)
  func ofTheTrainer(trained: TrainedModel) throws {
    let model = try trained.model()
    let (x, y) = trained.data
    try model.fit(x, y, batchSize: 8, epochs: 2, verbose: 0, shuffle: false)
    let checkpoint = try model.checkpoint()
    try write("\(trained).keras", kerasArchive(ExchangeState(holding: checkpoint)))
    let predicted = try model.predict(x)
    let iteration = try #require(checkpoint.tensors["optimizer/iteration"])
      .elements(as: Int64.self)
    let back = try Sequential(
      from: readKeras(kerasArchive(ExchangeState(holding: checkpoint))).loaded())
    let history = try back.fit(x, y, batchSize: 8, epochs: 5, verbose: 0, shuffle: false)
    let losses = history.logs.suffix(3).map { Float($0["loss"] ?? .nan) }
    var expected: [(String, String, [Int], [UInt8])] = [
      float("x", x), float("y", y), float("predict", predicted),
      ("optimizer_iteration", "I64", [], bytes(iteration)),
    ]
    if !trained.drops {
      expected.append(float("resume_loss", FloatTensor(losses, shape: [losses.count])))
      expected.append(("batch_size", "I64", [], bytes([Int64(8)])))
    }
    try write("\(trained).expected.safetensors", safetensors(expected))
  }

  private func float(_ name: String, _ tensor: FloatTensor) -> (String, String, [Int], [UInt8]) {
    (name, "F32", tensor.shape, bytes(tensor.elements))
  }

  private func bytes<T>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  private func safetensors(_ tensors: [(String, String, [Int], [UInt8])]) -> [UInt8] {
    var header = JSONObject()
    var body: [UInt8] = []
    for (name, dtype, shape, bytes) in tensors {
      header[name] = [
        "dtype": .string(dtype), "shape": .array(shape.map { .int(Int64($0)) }),
        "data_offsets": [.int(Int64(body.count)), .int(Int64(body.count + bytes.count))],
      ]
      body += bytes
    }
    let text = Array(JSONValue.object(header).text().utf8)
    let padding = [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return bytes([UInt64(text.count + padding.count)]) + text + padding + body
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    let directory = try #require(directory)
    try Data(bytes).write(to: URL(fileURLWithPath: directory).appendingPathComponent(name))
  }
}

/// Models that together use every layer, loss, optimizer and schedule that the trainer has.
enum TrainedModel: String, CaseIterable {
  case mlp, pima, cnn, dropout, regression, sparse, amsgrad, schedule, centered, plain

  var drops: Bool { self == .dropout }

  func model() throws -> Sequential {
    let model = try Sequential(layers, inputShape: Array(data.x.shape.dropFirst()), seed: 3)
    let (optimizer, loss, metrics) = training
    model.compile(optimizer: optimizer, loss: loss, metrics: metrics)
    return model
  }

  private var layers: [any Layer] {
    switch self {
    case .mlp, .centered:
      [Dense(16, activation: .relu), Dense(16, activation: .relu), Dense(4, activation: .softmax)]
    case .pima, .plain:
      [Dense(12, activation: .relu), Dense(8, activation: .relu), Dense(1, activation: .sigmoid)]
    case .cnn, .dropout:
      [
        Conv2D(4, kernelSize: (3, 3), activation: .relu),
        Conv2D(5, kernelSize: (3, 2), strides: (1, 2), padding: .same, activation: .relu),
        MaxPool2D(), Dropout(drops ? 0.25 : 0), Flatten(name: "row"),
        Dense(9, activation: .leakyReLU, name: "hidden"),
        Dense(4, activation: .softmax, usesBias: false),
      ]
    case .regression: [Dense(7, activation: .tanh), Dense(2)]
    case .sparse: [Dense(7), ActivationLayer(.relu), Dense(4), ActivationLayer(.softmax)]
    case .amsgrad: [Dense(7, activation: .sigmoid), Dense(4)]
    case .schedule: [Dense(7, activation: .relu), Dense(2)]
    }
  }

  private var training: (any Optimizer, any Loss, [any Metric]) {
    switch self {
    case .mlp: (RMSprop(), CategoricalCrossentropy(), [Accuracy(name: "acc")])
    case .pima: (Adam(), BinaryCrossentropy(), [Accuracy()])
    case .cnn, .dropout:
      (Adam(learningRate: 0.003), CategoricalCrossentropy(labelSmoothing: 0.1), [Accuracy()])
    case .regression:
      (
        SGD(learningRate: 0.05, momentum: 0.9, nesterov: true), MeanSquaredError(),
        [MeanAbsoluteErrorMetric(name: "mae"), MeanSquaredErrorMetric()]
      )
    case .sparse:
      (
        SGD(learningRate: 0.1, momentum: 0.5), SparseCategoricalCrossentropy(),
        [SparseCategoricalAccuracy()]
      )
    case .amsgrad:
      (
        Adam(learningRate: 0.01, amsgrad: true), CategoricalCrossentropy(fromLogits: true),
        [CategoricalAccuracy()]
      )
    case .schedule:
      (
        Adam(
          learningRate: ExponentialDecay(
            initialLearningRate: 0.05, decaySteps: 5, decayRate: 0.7)), MeanAbsoluteError(), []
      )
    case .centered:
      (
        RMSprop(learningRate: 0.002, rho: 0.8, momentum: 0.4, epsilon: 1e-6, centered: true),
        CategoricalCrossentropy(), [Accuracy(name: "right")]
      )
    case .plain: (SGD(), BinaryCrossentropy(), [BinaryAccuracy()])
    }
  }

  var data: (x: FloatTensor, y: FloatTensor) {
    var generator = SplitMix(state: 7)
    func values(_ shape: [Int], _ next: () -> Float) -> FloatTensor {
      FloatTensor((0..<shape.reduce(1, *)).map { _ in next() }, shape: shape)
    }
    let count = 24
    let x = values(self == .cnn || drops ? [count, 10, 12, 2] : [count, 8]) {
      generator.unit()
    }
    switch self {
    case .pima, .plain: return (x, values([count, 1]) { generator.unit() < 0.5 ? 0 : 1 })
    case .regression, .schedule: return (x, values([count, 2]) { generator.unit() })
    case .sparse: return (x, values([count]) { (4 * generator.unit()).rounded(.down) })
    default:
      let classes = (0..<count).map { _ in min(3, Int(4 * generator.unit())) }
      return (
        x,
        FloatTensor(
          classes.flatMap { own in (0..<4).map { $0 == own ? 1 : 0 } }, shape: [count, 4])
      )
    }
  }
}

/// Numbers in 0..<1, always the same.
private struct SplitMix {
  var state: UInt64

  mutating func unit() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) / Float(1 << 24)
  }
}
