import Foundation

/// The library's side of the comparison: holds a state in memory, does what each line of standard input
/// asks for (`SideCommand`), and answers with a line (`SideAnswer`).
@main
struct CompareSide {
  static func main() throws {
    var operations = SideOperations()
    while let line = readLine() {
      var answer: SideAnswer
      do {
        let command = try JSONDecoder().decode(SideCommand.self, from: Data(line.utf8))
        answer = try operations.answer(command)
      } catch {
        answer = SideAnswer(error: "\(error)")
      }
      FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
    }
  }
}
