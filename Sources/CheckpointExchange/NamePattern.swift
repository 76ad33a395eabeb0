/// A pattern of names: `*` stands for any characters, slashes too, `?` for one.
struct NamePattern {
  private let pattern: [Unicode.Scalar]

  init(_ pattern: String) {
    self.pattern = Array(pattern.unicodeScalars)
  }

  /// Whether all of a name fits. At most as many steps as the product of both lengths.
  func matches(_ name: String) -> Bool {
    let name = Array(name.unicodeScalars)
    var (place, position) = (0, 0)
    // Where the last star stood, and what it has swallowed up to.
    var star: (place: Int, position: Int)?
    while position < name.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, position)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == name[position] {
        place += 1
        position += 1
      } else if let last = star {
        star = (last.place, last.position + 1)
        (place, position) = (last.place + 1, last.position + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
