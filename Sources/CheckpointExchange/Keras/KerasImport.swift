internal import Checkpoint

/// Makes a checkpoint of what Keras has written.
struct KerasImport {
  private let config: JSONValue
  private let hdf5: HDF5Reader
  private let path: FilePath
  private var losses: [String]

  /// - Parameter path: the archive, for errors.
  init(_ config: JSONValue, _ hdf5: HDF5Reader, of path: FilePath, losses: [String]) {
    self.config = config
    self.hdf5 = hdf5
    self.path = path
    self.losses = losses
  }

  /// - Throws: as `KerasArchiveReader.read(_:)`.
  consuming func state() throws(CheckpointError) -> ExchangeState {
    var checkpoint = Checkpoint()
    var architecture = config.objectValue ?? [:]
    let compileConfig = KerasConfig.named(architecture["compile_config"])
    architecture["compile_config"] = nil
    checkpoint.documents["architecture"] = .object(architecture)
    checkpoint.documents["training"] = ["compile_config": compileConfig ?? .null]
    let names = tensorNames(KerasModel(config, compileConfig: compileConfig))
    // In Keras' order; what it doesn't tell, by name, comes after.
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() { places[name.dataset] = place }
    let ordered = hdf5.datasets.enumerated().sorted {
      (places[$0.element.name] ?? .max, $0.offset) < (places[$1.element.name] ?? .max, $1.offset)
    }
    var tensors: [StreamedTensor] = []
    for (_, dataset) in ordered {
      let name = places[dataset.name].map { names[$0].tensor } ?? dataset.name
      let tensor = try hdf5.tensor(dataset, name: name)
      guard name == "optimizer/iteration", let step = try Self.number(tensor) else {
        tensors.append(tensor)
        continue
      }
      checkpoint.step = UInt64(exactly: step)
      // Versions differ in its size.
      tensors.append(try Self.scalar(step, name: name))
    }
    // Two layers of one name, or Keras' file has names like ours.
    var found: Set<String> = []
    for tensor in tensors where !found.insert(tensor.name).inserted {
      throw CheckpointError(
        .corrupt, "two variables have the same name", path: path, item: tensor.name)
    }
    return ExchangeState(checkpoint: checkpoint, tensors: tensors, losses: losses)
  }

  /// What the datasets are called in a checkpoint.
  private mutating func tensorNames(_ model: KerasModel?) -> [KerasModel.Variable] {
    guard let model else {
      losses.append("the model's layers aren't known: its weights keep Keras' names")
      return []
    }
    let found = Set(hdf5.datasets.map(\.name))
    let withVariables = Set(
      found.compactMap { name -> Substring? in
        let parts = name.split(separator: "/", maxSplits: 2)
        return parts.count == 3 && parts[0] == "layers" ? parts[1] : nil
      })
    for layer in model.layers
    where layer.variables == nil && withVariables.contains(layer.path[...]) {
      losses.append("the layer \(layer.name) (\(layer.className)) keeps Keras' names")
    }
    let state = found.count { $0.hasPrefix("optimizer/vars/") }
    guard state > 0 else { return model.weights }
    guard let optimizer = model.optimizer, optimizer.count == state,
      optimizer.allSatisfy({ found.contains($0.dataset) })
    else {
      losses.append("the optimizer's state keeps Keras' names: it can't be told what is whose")
      return model.weights
    }
    return model.weights + optimizer
  }

  /// The only element of a tensor of whole numbers, if it is one.
  private static func number(_ tensor: StreamedTensor) throws(CheckpointError) -> Int64? {
    guard tensor.shape.isEmpty, !tensor.dtype.isFloatingPoint, tensor.sizeBytes <= 8 else {
      return nil
    }
    let count = Int(tensor.sizeBytes)
    var value: UInt64 = 0
    try unsafe withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) {
      buffer throws(CheckpointError) in
      let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try unsafe tensor.read(0..<tensor.sizeBytes, into: bytes)
      for index in (0..<count).reversed() { value = unsafe value << 8 | UInt64(bytes[index]) }
    }
    switch tensor.dtype {
    case .i8: return Int64(Int8(truncatingIfNeeded: value))
    case .i16: return Int64(Int16(truncatingIfNeeded: value))
    case .i32: return Int64(Int32(truncatingIfNeeded: value))
    default: return Int64(truncatingIfNeeded: value)
    }
  }

  private static func scalar(
    _ value: Int64, name: String
  ) throws(CheckpointError) -> StreamedTensor {
    try unsafe StreamedTensor(name: name, dtype: .i64, shape: []) { range, buffer in
      unsafe withUnsafeBytes(of: value.littleEndian) { bytes in
        unsafe buffer.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
      }
    }
  }
}
