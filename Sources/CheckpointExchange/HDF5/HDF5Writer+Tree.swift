extension HDF5Writer {
  /// Nodes of symbols, and a tree over them: what is in a child is after the key before it, and up to
  /// the key behind it.
  mutating func addTree(_ symbols: [(name: UInt64, fields: [UInt8])]) -> UInt64 {
    let leafSymbols = 2 * HDF5Format.leafK
    var children: [(address: UInt64, lastName: UInt64)] = []
    for start in stride(from: 0, to: symbols.count, by: leafSymbols) {
      let own = symbols[start..<min(start + leafSymbols, symbols.count)]
      var node = FieldWriter()
      node.append(HDF5Format.node)
      node.append([1, 0] as [UInt8])
      node.append(UInt16(own.count))
      for symbol in own { node.append(symbol.fields) }
      node.append(
        [UInt8](repeating: 0, count: (leafSymbols - own.count) * Int(HDF5Format.symbolBytes)))
      children.append((append(node.bytes), own.last?.name ?? 0))
    }
    var level: UInt8 = 0
    repeat {
      children = addLevel(level, children)
      level += 1
    } while children.count > 1
    return children[0].address
  }

  private mutating func addLevel(
    _ level: UInt8, _ children: [(address: UInt64, lastName: UInt64)]
  ) -> [(address: UInt64, lastName: UInt64)] {
    let most = 2 * HDF5Format.internalK
    let nodeBytes = Int(HDF5Format.treeHeaderBytes) + (2 * most + 1) * 8
    let first = UInt64(bytes.count + (8 - bytes.count % 8) % 8)
    let count = max(1, (children.count + most - 1) / most)
    var nodes: [(address: UInt64, lastName: UInt64)] = []
    var lastName: UInt64 = 0
    for number in 0..<count {
      let own = children[number * most..<min((number + 1) * most, children.count)]
      var node = FieldWriter()
      node.append(HDF5Format.tree)
      node.append([0, level] as [UInt8])
      node.append(UInt16(own.count))
      node.append(
        number == 0 ? HDF5Format.undefined : first + UInt64((number - 1) * nodeBytes))
      node.append(
        number == count - 1 ? HDF5Format.undefined : first + UInt64((number + 1) * nodeBytes))
      node.append(lastName)
      for child in own {
        node.append(child.address)
        node.append(child.lastName)
        lastName = child.lastName
      }
      node.append([UInt8](repeating: 0, count: nodeBytes - node.bytes.count))
      nodes.append((append(node.bytes), lastName))
    }
    return nodes
  }
}
