extension DiskModel {
  /// Which states a power cut now may leave: all, if there are at most `limit`, and otherwise
  /// `sampleCount` drawn by lot, with those among them where all or nothing survived.
  ///
  /// A file that is only there under names that are irrelevant has one content in all states.
  func survivingStates(
    _ model: SurvivalModel, limit: Int, sampleCount: Int, random: inout SplitMix64,
    isIrrelevant: (String) -> Bool
  ) -> SurvivingStates {
    let trees = survivingNames(model, limit: limit, random: &random)
    var survivals: [NodeID: FileSurvival] = [:]
    var total = 0
    for tree in trees.names {
      var count = 1
      for node in relevantFiles(in: tree, isIrrelevant) {
        let survival = survivals[node] ?? contents[node]?.survival
        survivals[node] = survival
        let (product, overflow) = count.multipliedReportingOverflow(
          by: survival?.combinationCount ?? 1)
        count = overflow ? .max : product
      }
      total = total.addingReportingOverflow(count).overflow ? .max : total + count
    }
    // Where nothing is varied: irrelevant files.
    let visible = contents.mapValues(\.visibleBytes)
    var images = UniqueImages()
    let isExhaustive = trees.isExhaustive && total <= limit
    if isExhaustive {
      let choices = survivals.mapValues { $0.all() }
      for tree in trees.names {
        let files = relevantFiles(in: tree, isIrrelevant).sorted()
        insertAll(tree, files[...], choices, visible, into: &images)
      }
    } else {
      // Many draws give a state that is there already.
      for round in 0..<max(sampleCount * 4, 4) where round < 4 || images.count < sampleCount {
        let tree =
          round < 4
          ? trees.names[round / 2 * (trees.names.count - 1)]
          : trees.names[Int.random(in: trees.names.indices, using: &random)]
        var bytes = visible
        for node in relevantFiles(in: tree, isIrrelevant).sorted() {
          guard let survival = survivals[node] else { continue }
          let lot = round < 4 ? round % 2 : Int.random(in: 0..<8, using: &random)
          bytes[node] =
            switch lot {
            case 0: survival.nothing
            case 1: survival.everything
            default: survival.sample(&random)
            }
        }
        images.insert(image(Self.root, tree, bytes))
      }
    }
    return SurvivingStates(images: images.inOrder, isExhaustive: isExhaustive)
  }

  /// What a reader sees now.
  var visibleImage: DiskImage { image(Self.root, names, contents.mapValues(\.visibleBytes)) }

  private typealias Tree = [NodeID: [String: NodeID]]

  /// The names that may survive; the first with the fewest changes applied, the last with all.
  private func survivingNames(
    _ model: SurvivalModel, limit: Int, random: inout SplitMix64
  ) -> (names: [Tree], isExhaustive: Bool) {
    let pending = operations.indices.filter { !operations[$0].isDurable }
    let fitsLimit = pending.count < 20 && 1 << pending.count <= limit
    let survivors: [Set<Int>]
    switch model {
    case .orderedPrefix:
      survivors = (0...pending.count).map { Set(pending.prefix($0)) }
    case .anySubset where fitsLimit:
      survivors = (0..<1 << pending.count).map { mask in
        Set(pending.indices.filter { mask >> $0 & 1 == 1 }.map { pending[$0] })
      }
    case .anySubset:
      let drawn = (0..<64).map { _ in
        Set(pending.filter { _ in Bool.random(using: &random) })
      }
      survivors = [[]] + drawn + [Set(pending)]
    }
    var trees: [Tree] = []
    var seen: Set<Tree> = []
    for survivor in survivors {
      var tree = durableNames
      for index in operations.indices
      where operations[index].isDurable || survivor.contains(index) {
        operations[index].apply(to: &tree)
      }
      if seen.insert(tree).inserted { trees.append(tree) }
    }
    return (trees, model == .orderedPrefix || fitsLimit)
  }

  /// The files that can be reached in `tree` by a name that matters.
  private func relevantFiles(in tree: Tree, _ isIrrelevant: (String) -> Bool) -> Set<NodeID> {
    var files: Set<NodeID> = []
    var directories = [Self.root]
    while let directory = directories.popLast() {
      for (name, node) in tree[directory] ?? [:] {
        if isDirectory(node) {
          directories.append(node)
        } else if !isIrrelevant(name) {
          files.insert(node)
        }
      }
    }
    return files
  }

  private func insertAll(
    _ tree: Tree, _ files: ArraySlice<NodeID>, _ choices: [NodeID: [[UInt8]]],
    _ bytes: [NodeID: [UInt8]], into images: inout UniqueImages
  ) {
    guard let file = files.first else {
      images.insert(image(Self.root, tree, bytes))
      return
    }
    var bytes = bytes
    for content in choices[file] ?? [] {
      bytes[file] = content
      insertAll(tree, files.dropFirst(), choices, bytes, into: &images)
    }
  }

  private func image(
    _ directory: NodeID, _ tree: Tree, _ bytes: [NodeID: [UInt8]]
  ) -> DiskImage {
    var image = DiskImage()
    for (name, node) in tree[directory] ?? [:] {
      image.entries[name] =
        if let content = bytes[node] {
          .file(content)
        } else {
          .directory(self.image(node, tree, bytes))
        }
    }
    return image
  }
}
