/// What ends the test.
struct Failure: Error, CustomStringConvertible {
  var description: String
}
