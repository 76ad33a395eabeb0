import CheckpointTrainer
import Testing

@Suite("CSV files")
struct CSVFileTests {
  @Test("without a header: features and the last column's labels")
  func plain() throws {
    let file = try read("5.1,3.5,setosa\n4.9, 3.0 ,virginica\r\n\n1e1,-2,setosa")
    #expect(file.features == FloatTensor([5.1, 3.5, 4.9, 3, 10, -2], shape: [3, 2]))
    #expect(file.labels == ["setosa", "virginica", "setosa"])
    #expect(file.featureNames == nil)
    #expect(file.classes.indices == [0, 1, 0])
    #expect(file.classes.names == ["setosa", "virginica"])
  }

  @Test("with a header: the label's column by name")
  func header() throws {
    let file = try read("glucose,\"out,come\",age\n148,1,50\n85,0,31\n", labels: .named("out,come"))
    #expect(file.featureNames == ["glucose", "age"])
    #expect(file.features.elements == [148, 50, 85, 31])
    #expect(try file.numericLabels() == FloatTensor([1, 0], shape: [2, 1]))
  }

  @Test("with number classes keep the numbers' order")
  func numberClasses() throws {
    let file = try read("0,10\n0,9\n0,10\n")
    #expect(file.classes.names == ["9", "10"])
    #expect(file.classes.indices == [1, 0, 1])
  }

  @Test("with quotes inside quotes and line ends inside fields")
  func quotes() throws {
    let file = try read("1,\"a \"\"b\"\"\n c\"\n2,d\n")
    #expect(file.labels == ["a \"b\"\n c", "d"])
  }

  @Test(
    "that are malformed are refused, with line and column",
    arguments: [
      ("", "t: there are no rows of data"),
      ("a,b\n", "t: there are no rows of data"),
      ("1,2,x\n3,four,y\n", "t: line 2, column 3: 'four' is not a finite number"),
      ("1,2,x\n0x10,2,y\n", "t: line 2, column 1: '0x10' is not a finite number"),
      ("1,2,x\n\n3,y\n", "t: line 3: 2 fields, but the first line has 3"),
      ("1,\"x\n", "t: line 1, column 3: the quoted field has no closing quote"),
      ("1,\"x\"y\n", "t: line 1, column 3: a comma or the line's end must follow"),
    ])
  func malformed(text: String, message: String) {
    #expect {
      try read(text)
    } throws: { error in
      (error as? TrainerError)?.code == .invalidData && "\(error)".hasPrefix(message)
    }
  }

  @Test("without the wanted column say which there are")
  func unknownColumn() {
    #expect {
      try read("a,b\n1,2\n", labels: .named("c"))
    } throws: { "\($0)" == "t: line 1: no column is called 'c', there are a, b" }
    #expect(throws: TrainerError.self) { try read("1,2\n", labels: .index(2)) }
  }

  @Test("that are no text are refused")
  func binary() {
    #expect {
      try CSVFile(parsing: [0x31, 0x2c, 0xff, 0x0a], name: "t")
    } throws: { "\($0)" == "t: line 1, column 3: the text is not UTF-8" }
  }

  private func read(_ text: String, labels: CSVFile.LabelColumn = .last) throws -> CSVFile {
    try CSVFile(parsing: Array(text.utf8), name: "t", labels: labels)
  }
}
