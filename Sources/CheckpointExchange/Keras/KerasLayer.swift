internal import Checkpoint

/// A layer in Keras' form of a model, and where its variables are.
struct KerasLayer {
  let className: String
  let name: String
  /// The name in the weights' file, which follows from classes alone: "dense", "dense_1" …
  let path: String
  /// Whether the optimizer has slots for it.
  let isTrainable: Bool
  /// Its variables in Keras' order; nil if it is a class whose variables aren't known.
  let variables: [String]?

  /// - Parameter path: the name in the weights' file.
  init?(_ json: JSONValue, path: String) {
    guard let className = json["class_name"]?.stringValue,
      let name = json["config"]?["name"]?.stringValue
    else { return nil }
    self.className = className
    self.name = name
    self.path = path
    isTrainable = json["config"]?["trainable"]?.boolValue ?? true
    switch className {
    case "Dense", "Conv1D", "Conv2D", "Conv3D":
      variables = json["config"]?["use_bias"] == false ? ["kernel"] : ["kernel", "bias"]
    case "InputLayer", "Activation", "Dropout", "Flatten", "MaxPooling2D": variables = []
    default: variables = nil
    }
  }

  /// Keras' snake case: "MaxPooling2D" becomes "max_pooling2d", "LeakyReLU" "leaky_re_lu".
  static func snakeCase(_ className: String) -> String {
    func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    let letters = className.utf8.filter {
      isUpper($0) || isLower($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 >= 0x80
    }
    // (.)([A-Z][a-z]+) becomes \1_\2.
    var words: [UInt8] = []
    var index = 0
    while index < letters.count {
      words.append(letters[index])
      index += 1
      guard index + 1 < letters.count, isUpper(letters[index]), isLower(letters[index + 1]) else {
        continue
      }
      words += [0x5F, letters[index]]
      index += 1
      while index < letters.count, isLower(letters[index]) {
        words.append(letters[index])
        index += 1
      }
    }
    // ([a-z])([A-Z]) becomes \1_\2.
    var text: [UInt8] = []
    for (index, letter) in words.enumerated() {
      if index > 0, isLower(words[index - 1]), isUpper(letter) { text.append(0x5F) }
      text.append(letter)
    }
    return String(decoding: text, as: UTF8.self).lowercased()
  }
}
