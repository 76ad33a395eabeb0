internal import Checkpoint

/// The names that a pickle may use. There are no others, and none is ever looked up in a program.
enum PickleGlobal {
  case orderedDictionary
  case rebuildTensor2
  case rebuildTensor3
  case rebuildParameter
  case size
  case storage(DType)
  case untypedStorage
  case dtype(DType)

  /// The global of a full name, if it is on the list.
  init?(_ name: String) {
    switch name {
    case "collections.OrderedDict": self = .orderedDictionary
    case "torch._utils._rebuild_tensor_v2": self = .rebuildTensor2
    case "torch._utils._rebuild_tensor_v3": self = .rebuildTensor3
    case "torch._utils._rebuild_parameter": self = .rebuildParameter
    case "torch.Size": self = .size
    case "torch.storage.UntypedStorage": self = .untypedStorage
    default:
      if let dtype = TorchType.ofStorage(name) {
        self = .storage(dtype)
      } else if let dtype = TorchType.named(name) {
        self = .dtype(dtype)
      } else {
        return nil
      }
    }
  }

  /// The last part of the name, for people.
  var name: String {
    switch self {
    case .orderedDictionary: "OrderedDict"
    case .rebuildTensor2: "_rebuild_tensor_v2"
    case .rebuildTensor3: "_rebuild_tensor_v3"
    case .rebuildParameter: "_rebuild_parameter"
    case .size: "Size"
    case .storage(let dtype): TorchType.storageClass(dtype) ?? "Storage"
    case .untypedStorage: "UntypedStorage"
    case .dtype(let dtype): TorchType.name(dtype) ?? "dtype"
    }
  }
}
