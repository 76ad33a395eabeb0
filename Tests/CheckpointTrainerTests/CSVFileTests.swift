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

  @Test("with labels 0 and 1, as of the Pima table: no header, CRLF, spaces")
  func binaryLabels() throws {
    let file = try read("6,148,72,1\r\n1,85,66, 0\r\n8,183,64,\"1\"\r\n")
    #expect(file.features.shape == [3, 3])
    #expect(try file.binaryLabels() == FloatTensor([1, 0, 1], shape: [3, 1]))
  }

  @Test("with other labels than the wanted numbers say where the first one is")
  func wrongLabels() throws {
    let file = try read("a,\"b\nc\",label\n6,148,1\n\n1,85,2\n8,183,yes\n")
    #expect {
      try file.binaryLabels()
    } throws: { "\($0)" == "t: line 5, column 6: the label '2' is neither 0 nor 1" }
    #expect {
      try file.numericLabels()
    } throws: { "\($0)" == "t: line 6, column 7: the label 'yes' is not a finite number" }
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
      ("1,2,x\r\n3,,y\r\n", "t: line 2, column 3: a value is missing"),
      ("1,2,x\n3, \t,y\n", "t: line 2, column 3: a value is missing"),
      ("1,2,x\n3,?,y\n", "t: line 2, column 3: '?' is not a finite number"),
      ("1,2,x\n3,4,\n", "t: line 2, column 5: a value is missing"),
      ("a,b,kind\n1,2,x\n3,NA,y\n", "t: line 3, column 3 (b): 'NA' is not a finite number"),
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
