import Checkpoint

@testable import CheckpointExchange

/// A tensor with its bytes, to be compared.
struct WholeTensor: Equatable {
  var name: String
  var dtype: DType
  var shape: [Int]
  var bytes: [UInt8]

  init(_ tensor: StreamedTensor) throws(CheckpointError) {
    name = tensor.name
    dtype = tensor.dtype
    shape = tensor.shape
    bytes = try tensor.bytes()
  }

  static func all(_ state: ExchangeState) throws(CheckpointError) -> [WholeTensor] {
    var tensors: [WholeTensor] = []
    for tensor in state.tensors { tensors.append(try WholeTensor(tensor)) }
    return tensors
  }
}
