extension Sequential {
  /// A table of the layers with output shapes and numbers of weights, as `model.summary()` prints
  /// it in Keras.
  public func summary() -> String {
    var rows = [("Layer (type)", "Output Shape", "Param #")]
    var total = 0
    var shape = network?.inputShape
    for (index, layer) in layers.enumerated() {
      shape = shape.flatMap { try? layer.outputShape(for: $0) }
      let count = network?.weights[index].reduce(0) { $0 + $1.elements.count }
      total += count ?? 0
      rows.append(
        (
          "\(layer.name) (\(type(of: layer).className))",
          shape.map { "(None, " + $0.map(String.init).joined(separator: ", ") + ")" } ?? "?",
          count.map { grouped($0) } ?? "?"
        ))
    }
    let widths = (
      rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0, rows.map(\.2.count).max() ?? 0
    )
    let rule = String(repeating: "─", count: widths.0 + widths.1 + widths.2 + 6)
    var lines = ["Model: \"\(name)\"", rule]
    for (index, row) in rows.enumerated() {
      lines.append(
        row.0.padded(to: widths.0) + "   " + row.1.padded(to: widths.1) + "   "
          + row.2.padded(to: widths.2, right: true))
      if index == 0 { lines.append(rule) }
    }
    let slots = objective?.state?.slots.joined().joined().reduce(0) { $0 + $1.elements.count } ?? 0
    // Iteration and learning rate are counted too, as in Keras; a schedule's rate is no variable.
    let optimizer = slots + (objective?.optimizer.schedule == nil ? 2 : 1)
    lines += [rule, "Total params: \(grouped(total)) (\(size(ofFloats: total)))"]
    if slots > 0 {
      lines.append("Optimizer params: \(grouped(optimizer)) (\(size(ofFloats: optimizer)))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func grouped(_ count: Int) -> String {
    var result = ""
    for (index, digit) in String(count).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return String(result.reversed())
  }

  private func size(ofFloats count: Int) -> String {
    let bytes = Double(count) * 4
    if bytes < 1024 { return "\(count * 4) B" }
    return bytes < 1024 * 1024
      ? "\(formatted(bytes / 1024, "f", precision: 2)) KB"
      : "\(formatted(bytes / 1024 / 1024, "f", precision: 2)) MB"
  }
}

extension String {
  /// The text with spaces to a width, after it or before it.
  func padded(to width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return right ? space + self : self + space
  }
}
