internal import Checkpoint

extension TorchLayout {
  /// Adds a layer's modules and weights.
  /// - Throws: `CheckpointError` with code `invalidArgument` if the layer is of a kind that is not
  ///   known here, or doesn't fit the one before.
  mutating func add(_ layer: TorchLayer) throws(CheckpointError) {
    switch layer.className {
    case "Dense": try addDense(layer)
    case "Conv2D": try addConvolution(layer)
    case "MaxPooling2D": try addPooling(layer)
    case "Flatten":
      guard shape.count == 1 || shape.count == 3 else {
        throw layer.error("only images are flattened")
      }
      if shape.count == 3 { flattenedChannels = shape[2] }
      shape = [try product(shape, layer)]
      modules.append("torch.nn.Flatten()")
    case "Dropout":
      modules.append("torch.nn.Dropout(\(layer.number("rate") ?? 0.5))")
    case "Activation":
      // A module of its own in any case: numbers count on.
      if layer.activation == nil { modules.append("torch.nn.Identity()") }
      addActivation(layer)
    default:
      throw layer.error("the layout of PyTorch doesn't know this kind of layer")
    }
  }

  private mutating func addActivation(_ layer: TorchLayer) {
    guard let activation = layer.activation else { return }
    if activation.module == nil {
      losses.append("the activation \"\(activation.name)\", which PyTorch has no module of")
    }
    modules.append(activation.module ?? "torch.nn.Identity()")
  }

  private mutating func addWeights(
    _ layer: TorchLayer, kernel: [Int], result: [Int], channels: Int
  ) {
    let number = modules.count
    let columns = kernel.last ?? 1
    weights.append(
      Weight(
        source: ("model/\(layer.name)/kernel", kernel), result: ("\(number).weight", result),
        kernel: (columns, channels)))
    guard layer.isSet("use_bias", or: true) else { return }
    weights.append(
      Weight(
        source: ("model/\(layer.name)/bias", [columns]), result: ("\(number).bias", [columns]),
        kernel: nil))
  }

  private mutating func addDense(_ layer: TorchLayer) throws(CheckpointError) {
    guard shape.count == 1 else {
      throw layer.error("its inputs have \(shape.count) axes; only one is known here")
    }
    let units = try layer.positive("units")
    addWeights(
      layer, kernel: [shape[0], units], result: [units, shape[0]], channels: flattenedChannels)
    let bias = layer.isSet("use_bias", or: true) ? "" : ", bias=False"
    modules.append("torch.nn.Linear(\(shape[0]), \(units)\(bias))")
    flattenedChannels = 1
    shape = [units]
    addActivation(layer)
  }

  private mutating func addConvolution(_ layer: TorchLayer) throws(CheckpointError) {
    guard shape.count == 3, layer.text("data_format") ?? "channels_last" == "channels_last" else {
      throw layer.error("its inputs are no images with channels last")
    }
    let filters = try layer.positive("filters")
    let size = try layer.pair("kernel_size", or: (1, 1))
    let strides = try layer.pair("strides", or: (1, 1))
    let dilation = try layer.pair("dilation_rate", or: (1, 1))
    let isSame = layer.text("padding") == "same"
    let channels = shape[2]
    addWeights(
      layer, kernel: [size.0, size.1, channels, filters],
      result: [filters, channels, size.0, size.1], channels: channels)
    var module = "torch.nn.Conv2d(\(channels), \(filters), \(size)"
    if strides != (1, 1) { module += ", stride=\(strides)" }
    if isSame, strides == (1, 1) {
      module += ", padding='same'"
    } else if isSame {
      losses.append("the padding of \"\(layer.name)\", which PyTorch doesn't have with strides")
    }
    if dilation != (1, 1) { module += ", dilation=\(dilation)" }
    if !layer.isSet("use_bias", or: true) { module += ", bias=False" }
    modules.append(module + ")")
    shape = [
      try outputs(shape[0], (size.0 - 1) * dilation.0 + 1, strides.0, isSame, layer),
      try outputs(shape[1], (size.1 - 1) * dilation.1 + 1, strides.1, isSame, layer), filters,
    ]
    addActivation(layer)
  }

  private mutating func addPooling(_ layer: TorchLayer) throws(CheckpointError) {
    guard shape.count == 3, layer.text("data_format") ?? "channels_last" == "channels_last" else {
      throw layer.error("its inputs are no images with channels last")
    }
    let size = try layer.pair("pool_size", or: (2, 2))
    let strides = try layer.pair("strides", or: size)
    let isSame = layer.text("padding") == "same"
    var module = "torch.nn.MaxPool2d(\(size)"
    if strides != size { module += ", stride=\(strides)" }
    if isSame {
      // Windows that only reach beyond the end: what is cut off counts as a window.
      let reach = [(shape[0], size.0, strides.0), (shape[1], size.1, strides.1)]
      let missing = reach.map { count, size, stride in
        max(0, ((count + stride - 1) / stride - 1) * stride + size - count)
      }
      if zip(missing, reach).contains(where: { $0 > 1 || $0 == 1 && $1.2 == 1 }) {
        losses.append("the padding of \"\(layer.name)\", which PyTorch pads in another way")
      } else if missing != [0, 0] {
        module += ", ceil_mode=True"
      }
    }
    modules.append(module + ")")
    shape = [
      try outputs(shape[0], size.0, strides.0, isSame, layer),
      try outputs(shape[1], size.1, strides.1, isSame, layer), shape[2],
    ]
  }

  /// Positions of a window along an axis.
  private func outputs(
    _ count: Int, _ window: Int, _ stride: Int, _ isSame: Bool, _ layer: TorchLayer
  ) throws(CheckpointError) -> Int {
    guard isSame || count >= window else {
      throw layer.error("its window of \(window) is larger than its inputs, \(count)")
    }
    return isSame ? (count + stride - 1) / stride : (count - window) / stride + 1
  }

  private func product(_ shape: [Int], _ layer: TorchLayer) throws(CheckpointError) -> Int {
    var product = 1
    for dimension in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw layer.error("its inputs \(shape) are beyond any memory") }
      product = next
    }
    return product
  }
}
