import Testing

@testable import CheckpointFormat

/// Objects look names up in two ways, by how many members they have; neither may show.
@Suite("JSON objects")
struct JSONObjectTests {
  @Test("keep order, values and identity of names, few or many", arguments: [1, 15, 16, 17, 40])
  func members(count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["n\(number)"] = .int(Int64(number)) }
    for number in stride(from: 0, to: count, by: 2) { object["n\(number)"] = .bool(true) }
    #expect(object.keys == (0..<count).map { "n\($0)" })
    for number in 0..<count {
      #expect(object["n\(number)"] == (number % 2 == 0 ? .bool(true) : .int(Int64(number))))
    }
    #expect(object["n\(count)"] == nil)
    #expect(object.members.map(\.key) == object.keys)
  }

  @Test("lose a member and find the others, few or many", arguments: [2, 16, 17, 18, 40])
  func removal(count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["n\(number)"] = .int(Int64(number)) }
    object["n1"] = nil
    object["absent"] = nil
    object["late"] = "new"
    #expect(object["n1"] == nil)
    #expect(object.count == count)
    for number in 0..<count where number != 1 {
      #expect(object["n\(number)"] == .int(Int64(number)))
    }
    #expect(object["late"] == "new")
  }

  @Test("tell names apart by their bytes, few or many", arguments: [0, 40])
  func canonicalEquivalence(others: Int) {
    var object = JSONObject()
    for number in 0..<others { object["n\(number)"] = .null }
    object["é"] = 1
    object["e\u{301}"] = 2
    #expect(object["é"] == 1)
    #expect(object["e\u{301}"] == 2)
    #expect(object.count == others + 2)
  }

  @Test("are equal in any order, with equal hashes; not with other values or names")
  func equality() {
    let object: JSONObject = ["a": 1, "b": [2]]
    let turned: JSONObject = ["b": [2], "a": 1]
    #expect(object == turned)
    #expect(object.hashValue == turned.hashValue)
    #expect(object != ["a": 1, "b": [3]])
    #expect(object != ["a": 1, "c": [2]])
    #expect(object != ["a": 1])
    #expect(["a": 1] != object)
  }
}
