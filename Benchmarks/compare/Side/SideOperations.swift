import Checkpoint
import SystemPackage

/// Does what is asked, by the library's public methods, and says how long it took.
struct SideOperations {
  private var state = SideState()
  private var checkpoint = Checkpoint()

  mutating func answer(_ command: SideCommand) throws -> SideAnswer {
    let path = FilePath(command.path ?? "")
    switch command.op {
    case "state":
      state = SideState()
      state = try SideState(folder: path)
      if command.changed == true { state.exchange() }
      checkpoint = try state.checkpoint()
      return SideAnswer(tensors: checkpoint.tensors.count)
    case "save":
      let writer = CheckpointWriter(path, options: options(command))
      return SideAnswer(seconds: [try timed { try writer.write(checkpoint) }])
    case "warm_up":
      var small = Checkpoint()
      small.tensors["a/b"] = Tensor([Float](repeating: 1, count: 4096))
      try CheckpointWriter(path, options: options(command)).write(small)
      return SideAnswer(tensors: try CheckpointReader(path).load().tensors.count)
    case "second": return try second(in: path, options(command))
    case "background": return try background(in: path, options(command))
    case "load":
      var loaded = Checkpoint()
      let seconds = try timed { loaded = try CheckpointReader(path).load() }
      return SideAnswer(seconds: [seconds], tensors: loaded.tensors.count)
    case "loadInto": return SideAnswer(seconds: [try loadInto(path)])
    case "one":
      let seconds = try (0..<(command.repeats ?? 1)).map { _ in
        try timed { _ = try CheckpointReader(path).tensor(command.tensor ?? "") }
      }
      return SideAnswer(seconds: seconds)
    case "inspect":
      var count = 0
      let seconds = try (0..<(command.repeats ?? 1)).map { _ in
        try timed {
          let reader = try CheckpointReader(path)
          count = (0..<reader.tensorCount).map { reader.info(at: $0) }.count
        }
      }
      return SideAnswer(seconds: seconds, tensors: count)
    case "check":
      return SideAnswer(equal: try CheckpointReader(path).load().tensors == checkpoint.tensors)
    default: return SideAnswer(error: "no such operation")
    }
  }

  /// Saves the state as a run's first checkpoint, then with the changed tensors as its second, which is
  /// the one that is timed.
  private mutating func second(in folder: FilePath, _ options: SaveOptions) throws -> SideAnswer {
    let store = try CheckpointStore(at: folder, options: StoreOptions(save: options))
    state.exchange()
    checkpoint = try state.checkpoint()
    _ = try store.save(checkpoint)
    state.exchange()
    checkpoint = try state.checkpoint()
    var file = ""
    let seconds = try timed { file = try store.save(checkpoint).path.string }
    return SideAnswer(seconds: [seconds], file: file)
  }

  private mutating func background(
    in folder: FilePath, _ options: SaveOptions
  ) throws -> SideAnswer {
    let store = try CheckpointStore(at: folder, options: StoreOptions(save: options))
    let clock = ContinuousClock()
    let start = clock.now
    try store.saveInBackground(checkpoint)
    let returned = clock.now
    state.write()
    let written = clock.now
    try store.finish()
    let seconds = (clock.now - start) / .seconds(1)
    state.write()
    checkpoint = try state.checkpoint()
    var answer = SideAnswer(
      seconds: [seconds], stall: (returned - start) / .seconds(1),
      firstWrite: (written - returned) / .seconds(1))
    try copied(in: folder, options, &answer)
    return answer
  }

  /// The same with a copy, which leaves the arrays to the caller alone.
  private mutating func copied(
    in folder: FilePath, _ options: SaveOptions, _ answer: inout SideAnswer
  ) throws {
    let store = try CheckpointStore(
      at: folder, options: StoreOptions(save: options, backgroundSnapshot: .copied))
    store.prepareBackgroundSave(of: checkpoint)
    answer.copiedStall = try timed { try store.saveInBackground(checkpoint) }
    checkpoint = Checkpoint()
    answer.copiedFirstWrite = try timed { state.write() }
    try store.finish()
    state.write()
    checkpoint = try state.checkpoint()
  }

  /// Into memory that is there already, as a program has it that goes on training.
  private func loadInto(_ path: FilePath) throws -> Double {
    let sizes = checkpoint.tensors.mapValues { ($0.sizeBytes + 63) & ~63 }
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: sizes.values.reduce(0, +), alignment: 4096)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 1)
    return try timed {
      var start = 0
      var parts: [String: UnsafeMutableRawBufferPointer] = [:]
      for (name, tensor) in checkpoint.tensors {
        parts[name] = UnsafeMutableRawBufferPointer(
          rebasing: memory[start..<start + tensor.sizeBytes])
        start += sizes[name] ?? 0
      }
      try CheckpointReader(path).read(into: parts)
    }
  }

  private func options(_ command: SideCommand) -> SaveOptions {
    SaveOptions(compression: Compression(rawValue: command.preset ?? "none") ?? .none)
  }

  private func timed(_ body: () throws -> Void) throws -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
