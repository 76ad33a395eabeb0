import CheckpointIO
import SystemPackage

extension SimulatedDisk {
  /// Runs something that changes nothing and can't be lost. `handle` must still be open, if given.
  func look<R>(
    _ operation: String, _ path: FilePath, handle: Int? = nil,
    _ body: (inout State) throws(IOError) -> R
  ) throws(IOError) -> R {
    try state.withLock { state throws(IOError) in
      try state.requireUsable(operation, path, handle: handle)
      return try body(&state)
    }
  }

  /// Runs an operation at which the power may go or a fault be due. `body` gets the number of
  /// bytes that it may write at most.
  func perform<R>(
    _ kind: DiskOperation.Kind, _ path: FilePath, handle: Int,
    _ body: (inout State, _ limitBytes: Int) throws(IOError) -> R
  ) throws(IOError) -> R {
    try state.withLock { state throws(IOError) in
      let operation = kind.rawValue
      try state.requireUsable(operation, path, handle: handle)
      if state.operations.count == state.powerCutAfterOperation {
        state.isPowerOff = true
        try state.requireUsable(operation, path, handle: handle)
      }
      state.operations.append(DiskOperation(kind, path))
      let ordinal = state.ordinals[kind, default: 0] + 1
      state.ordinals[kind] = ordinal
      let effect = state.faults.first { $0.befalls(kind, ordinal: ordinal) }?.effect
      if effect == .shutDown { state.isShutDown = true }
      guard !state.isShutDown || kind == .synchronizeDirectory else {
        throw IOError(.ioError, operation: operation, path: path)
      }
      switch effect {
      case nil, .shutDown:
        return try body(&state, .max)
      case .short(let limitBytes):
        return try body(&state, limitBytes)
      case .fail(let error):
        throw IOError(error, operation: operation, path: path)
      case .failAfterwards(let error):
        _ = try body(&state, .max)
        throw IOError(error, operation: operation, path: path)
      case .failAndForget:
        state.forget(handle)
        throw IOError(.ioError, operation: operation, path: path)
      }
    }
  }
}

extension SimulatedDisk.State {
  mutating func open(_ node: NodeID) -> Int {
    defer { nextHandle += 1 }
    openHandles[nextHandle] = node
    return nextHandle
  }

  mutating func close(_ handle: Int) {
    guard let node = openHandles.removeValue(forKey: handle) else { return }
    locks[node]?[handle] = nil
  }

  func requireUsable(_ operation: String, _ path: FilePath, handle: Int?) throws(IOError) {
    if isPowerOff {
      throw IOError(.ioError, operation: "\(operation) (the power is off)", path: path)
    }
    if let handle, openHandles[handle] == nil {
      throw IOError(code: .closed, operation: operation, path: path)
    }
  }

  /// A failed synchronization of what `handle` has open.
  fileprivate mutating func forget(_ handle: Int) {
    guard let node = openHandles[handle] else { return }
    model.contents[node]?.forgetPendingPages()
    if model.isDirectory(node) { model.forgetPendingNames(of: node) }
  }

  /// The bytes that still fit.
  var freeBytes: UInt64 {
    guard let capacityBytes else { return .max / 2 }
    // Shared blocks count once; that of a removed file's none are shared any more is left out of account.
    let used = max(0, model.usedBytes - sharedBytes)
    return capacityBytes - min(capacityBytes, UInt64(used))
  }

  /// Throws ENOSPC unless the file may grow to `sizeBytes`.
  func requireSpace(
    _ node: NodeID, sizeBytes: Int, operation: String, path: FilePath
  ) throws(IOError) {
    let growth = max(0, sizeBytes - (model.contents[node]?.sizeBytes ?? 0))
    guard UInt64(growth) <= freeBytes else {
      throw IOError(.noSpace, operation: operation, path: path)
    }
  }
}
