/// Distinct images in the order found, so that equal seeds give equal runs.
struct UniqueImages {
  private(set) var inOrder: [DiskImage] = []
  private var seen: Set<DiskImage> = []

  var count: Int { inOrder.count }

  mutating func insert(_ image: DiskImage) {
    if seen.insert(image).inserted { inOrder.append(image) }
  }
}
