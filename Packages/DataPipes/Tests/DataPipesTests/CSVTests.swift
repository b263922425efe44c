import DataPipes
import Foundation
import Testing

@Suite struct CSVTests {
  private func table(
    _ text: String, separator: Character = ",", hasHeader: Bool = true
  ) throws -> CSVTable {
    try CSVTable(Data(text.utf8), separator: separator, hasHeader: hasHeader)
  }

  private func error(_ text: String) -> String {
    let error = #expect(throws: DataFileError.self) { try table(text) }
    return error?.localizedDescription ?? ""
  }

  @Test func kindsOfColumns() throws {
    let found = try table(
      [
        "id,size,ok,name,gap,late", "1,2.5,true,anna,,3", #"-2,1e3,false,"b, ""b""",4,x"#,
        "+3,inf,True,,5,", "",
      ].joined(separator: "\n"))
    #expect(found.columnNames == ["id", "size", "ok", "name", "gap", "late"] && found.count == 3)
    #expect(try found.column("id") == .ints([1, -2, 3]))
    #expect(try found.column("size") == .floats([2.5, 1000, .infinity]))
    #expect(try found.column("ok") == .bools([true, false, true]))
    #expect(try found.column("name") == .strings(["anna", #"b, "b""#, nil]))
    guard case .floats(let gap) = try found.column("gap") else {
      Issue.record("gap")
      return
    }
    #expect(gap[0].isNaN && gap[1...] == [4, 5])
    #expect(try found.column("late") == .strings(["3", "x", nil]))
  }

  /// A later field may have another type than all fields before it.
  @Test func kindsWiden() throws {
    func column(_ fields: [String]) throws -> CSVColumn {
      try table((["x"] + fields).joined(separator: "\n").appending("\n")).columns[0]
    }
    #expect(try column(["007", "8", "abc"]) == .strings(["007", "8", "abc"]))
    #expect(try column(["1", "2", "2.5"]) == .floats([1, 2, 2.5]))
    #expect(try column(["true", "1"]) == .strings(["true", "1"]))
    #expect(try column(["true", "NA", "false"]) == .strings(["true", nil, "false"]))
    #expect(try column(["NA", "true"]) == .strings([nil, "true"]))
    #expect(try column(["1.50", "NA", "z"]) == .strings(["1.50", nil, "z"]))
    #expect(try column(["\"1\"", "2"]) == .ints([1, 2]))
    #expect(try column(["\"NA\"", "\"\"", "x"]) == .strings([nil, nil, "x"]))
    // Integers that do not fit into Int are read as Double.
    #expect(try column(["12345678901234567890"]) == .floats([0x1.56a95319d63e1p+63]))
    #expect(try column(["1e999", "-1e-999"]) == .floats([.infinity, -0.0]))
    #expect(try column(["0x10", "1"]) == .strings(["0x10", "1"]))
    #expect(try column(["1_000", "1"]) == .strings(["1_000", "1"]))
    guard case .floats(let missing) = try column(["NA", "nan"]) else {
      Issue.record("missing")
      return
    }
    #expect(missing.count == 2 && missing.allSatisfy(\.isNaN))
  }

  @Test func formsOfText() throws {
    #expect(try table("a,b\r\n1,2\r\n3,4").columns == [.ints([1, 3]), .ints([2, 4])])
    #expect(try table("\u{FEFF}a\n1\n").columnNames == ["a"])
    #expect(try table("\n\na\n\n1\n\n\n2\n\n").columns == [.ints([1, 2])])
    #expect(try table("a;b\n1,5;2\n", separator: ";").columns == [.strings(["1,5"]), .ints([2])])
    #expect(
      try table("1 2\n3 4\n", separator: " ", hasHeader: false).columns
        == [.ints([1, 3]), .ints([2, 4])])
    #expect(try table("a,b\n 1 , 2.5 \n").columns == [.ints([1]), .floats([2.5])])
    #expect(try table("a,b\n\"two\nlines\",x\n").columns[0] == .strings(["two\nlines"]))
    #expect(try table("a\nx y\"z\"\n\"\"\n").columns == [.strings(["x y\"z\"", nil])])
    let header = try table("a,b\n")
    #expect(header.count == 0 && header.columnNames == ["a", "b"])
    #expect(try header.tensor().shape == [0, 2])
    #expect(try table("5,x\n", hasHeader: false).columnNames == ["0", "1"])
  }

  /// Line breaks of classic Mac OS, row names as R writes them, and repeated names, as pandas reads
  /// them.
  @Test func whatOtherProgramsWrite() throws {
    let mac = try table("a,b\r1,x\r2,\"y\rz\"\r")
    #expect(mac.columns == [.ints([1, 2]), .strings(["x", "y\rz"])])
    #expect(try table("a\r\n1\r2\n3").columns == [.ints([1, 2, 3])])
    let fromR = try table("\"x\" \"y\"\n\"r1\" 1 2\n\"r2\" 3 NA\n", separator: " ")
    #expect(fromR.columnNames == ["x", "y"] && fromR.rowNames == .strings(["r1", "r2"]))
    #expect(try fromR.column("x") == .ints([1, 3]) && fromR.count == 2)
    #expect(try fromR.tensor(missing: 0).shape == [2, 2])
    #expect(try table("a,b\n1,2\n").rowNames == nil)
    for (header, names) in [
      ("a,b,a,a,b", ["a", "b", "a.1", "a.2", "b.1"]), ("a,a.1,a", ["a", "a.1", "a.2"]),
      ("a,a,a.1,a", ["a", "a.2", "a.1", "a.3"]), (",x,", ["Unnamed: 0", "x", "Unnamed: 2"]),
    ] {
      let row = names.map { _ in "1" }.joined(separator: ",")
      #expect(try table("\(header)\n\(row)\n").columnNames == names)
    }
    // Quotes do not affect the type.
    #expect(
      try table("a,b,c\n\"1\",\"1.5\",\"true\"\n").columns
        == [.ints([1]), .floats([1.5]), .bools([true])])
    guard case .floats(let gap) = try table("a\n\"1\"\n\"NA\"\n\"\"\n").columns[0] else {
      Issue.record("no numbers")
      return
    }
    #expect(gap[0] == 1 && gap[1].isNaN && gap[2].isNaN)
  }

  /// Numbers are rounded to the nearest double, as by Swift.
  @Test func numbersAreExact() throws {
    var random = Seeded(5)
    let numbers =
      (0..<3000).map { _ in
        Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
      }.filter(\.isFinite) + [
        .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1 / 3, 0x1p53,
      ]
    let text = "x\n" + numbers.map { "\($0)" }.joined(separator: "\n")
    #expect(try table(text).columns == [.floats(numbers)])
  }

  @Test func damageIsNamedWithItsLine() {
    #expect(error("a,b\n1,2\n3\n") == "the table, line 3: 1 field instead of 2")
    #expect(error("a,b\n1,2\n3,4,5,6\n") == "the table, line 3: 4 fields instead of 2")
    #expect(error("a,b\nx,\"y\nz\"\n1\n") == "the table, line 4: 1 field instead of 2")
    #expect(error("a,b\n1,\"2\n3,4\n") == "the table, line 2: a quote is opened and never closed")
    #expect(
      error("a,b\n1,\"2\"3\n") == "the table, line 2: more of a field follows its closing quote")
    #expect(error("") == "the table, line 1: there are no rows")
    #expect(error("\n\n") == "the table, line 1: there are no rows")
    #expect(error("a,b\r1,2\r3\r") == "the table, line 3: 1 field instead of 2")
    for bytes in ["a,b\n1,x\u{7F}", "a\u{7F}\n1", "\u{7F}a\n1"].map({ Array($0.utf8) }) {
      let broken = bytes.map { $0 == 0x7F ? 0xFF : $0 }
      let error = #expect(throws: DataFileError.self) { try CSVTable(Data(broken)) }
      #expect(error?.localizedDescription.hasSuffix(": its bytes are not valid UTF-8") == true)
    }
    let missing = #expect(throws: DataFileError.self) { try CSVTable("/no/table.csv") }
    #expect(missing?.localizedDescription == "cannot read /no/table.csv: No such file or directory")
  }

  /// Large enough to be read in several chunks, which may begin within quotes.
  @Test(arguments: [0, 1, 2])
  func chunks(seed: Int) throws {
    var random = Seeded(seed)
    let rows = 40_000
    let numbers = (0..<rows).map { _ in Double.random(in: -1...1, using: &random) }
    let texts = (0..<rows).map { row in
      seed == 0
        ? "word \(row)"
        : String(repeating: "line \(row)\n", count: Int.random(in: 1...30, using: &random))
    }
    // A column of integers, except for one in the last chunk.
    let almost = (0..<rows).map { $0 == rows - 1 && seed == 1 ? "0.5" : "\($0)" }
    var text = "number,text,almost\n"
    for row in 0..<rows { text += "\(numbers[row]),\"\(texts[row])\",\(almost[row])\n" }
    #expect(text.utf8.count > 1 << 20)
    let found = try table(text)
    #expect(found.count == rows && found.columns[0] == .floats(numbers))
    #expect(found.columns[1] == .strings(texts))
    #expect(
      found.columns[2]
        == (seed == 1
          ? .floats((0..<rows - 1).map(Double.init) + [0.5]) : .ints(Array(0..<rows))))
    #expect(
      error(text + "1,2\n").contains("line \(text.utf8.count { $0 == 0x0A } + 1): 2 fields"))
    #expect(error(text + "1,\"2").contains("a quote is opened and never closed"))
  }

  /// Many columns and many blank lines, which look like many rows.
  @Test func memoryIsBoundedByTheFile() throws {
    let columns = String(repeating: ",", count: 100_000)
    let found = try table(columns + "\n1" + columns + String(repeating: "\n", count: 1_000_000))
    #expect(found.count == 1 && found.columns.count == 100_001)
    #expect(found.columns[0] == .ints([1]) && found.columnNames[1] == "Unnamed: 1")
  }

  @Test func tensors() throws {
    let found = try table("x,y,ok,name\n1,0.5,true,a\n2,,false,b\n")
    #expect(try found.tensor(["x", "ok"]).equal(Tensor([[1, 1], [2, 0]], dtype: .float32)))
    let filled = try found.tensor(["y"], dtype: .float64, missing: -1)
    #expect(filled.equal(Tensor([[0.5], [-1]], dtype: .float64)))
    #expect(try found.tensor(["y"])[1].item().isNaN)
    #expect(try found.tensor(["x"], dtype: .int64).dtype == .int64)
    #expect(throws: CSVError.missingValue(column: "y", row: 1, path: "the table")) {
      try found.tensor(["y"], dtype: .int64)
    }
    let text = #expect(throws: CSVError.self) { try found.tensor() }
    #expect(
      text?.localizedDescription
        == "the table: the column “name” holds strings such as “a”, not numbers; see labels(_:)")
    let none = #expect(throws: CSVError.self) { try found.tensor(["z"]) }
    #expect(
      none?.localizedDescription == "the table has no column “z”; there are x, y, ok, name")
  }

  @Test func labels() throws {
    let found = try table("k,n\nb,10\na,9\nb,10\n")
    let (labels, classes) = try found.labels("k")
    #expect(labels.equal(Tensor([1, 0, 1])) && classes == ["a", "b"])
    #expect(try found.labels("n").classes == ["9", "10"])
    #expect(try found.labels("k", classes: ["b", "a", "c"]).0.equal(Tensor([0, 1, 0])))
    let unknown = #expect(throws: CSVError.self) { try found.labels("k", classes: ["b"]) }
    #expect(
      unknown?.localizedDescription
        == "the table: “a” in row 1 of the column “k” is not one of the classes b")
    let gap = try table("k,l\na,1\nNA,2\n")
    #expect(throws: CSVError.missingValue(column: "k", row: 1, path: "the table")) {
      try gap.labels("k")
    }
  }

  @Test func filesAndStreams() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).tsv")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data("a\tb\n1\tx\n2\t\"y\tz\"\n".utf8).write(to: url)
    let found = try CSVTable(url.path)
    #expect(
      found.columns == [.ints([1, 2]), .strings(["x", "y\tz"])] && found.path == url.path)
    let rows = DataPipe.csv(url.path, separator: "\t")
    #expect(try rows.collect() == [["a", "b"], ["1", "x"], ["2", "y\tz"]])
    #expect(try rows.prefix(1).collect() == [["a", "b"]])
    try Data("a\n\"b\n".utf8).write(to: url)
    #expect(
      throws: DataFileError.damaged(
        path: url.path, line: 2, reason: "a quote is opened and never closed")
    ) { try rows.collect() }
    #expect(throws: DataFileError.self) { try DataPipe.csv("/no/rows.csv").collect() }
  }

  /// Damaged tables are read or rejected, without a crash.
  @Test func fuzzed() throws {
    let text = "id,size,name\n1,2.5,anna\n-2,1e3,\"b, \"\"b\"\"\"\nNA,,true\r\n4,5,\"x\ny\"\n"
    let whole = Array(text.utf8)
    var random = Seeded(11)
    var (read, refused) = (0, 0)
    for round in 0..<10_000 {
      let bytes = mutated(whole, using: &random)
      do {
        let table = try CSVTable(Data(bytes), hasHeader: round % 2 == 0)
        #expect(table.columns.count == table.columnNames.count)
        for column in table.columns {
          let count =
            switch column {
            case .ints(let values): values.count
            case .floats(let values): values.count
            case .bools(let values): values.count
            case .strings(let values): values.count
            }
          #expect(count == table.count)
        }
        read += 1
      } catch is DataFileError {
        refused += 1
      }
    }
    #expect(read > 1000 && refused > 1000)
  }
}

/// The bytes with random changes, deletions, duplications and truncations.
func mutated(_ bytes: [UInt8], using random: inout Seeded) -> [UInt8] {
  var result = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
    let place = Int.random(in: 0..<result.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: result[place] = UInt8.random(in: 0...255, using: &random)
    case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: result.remove(at: place)
    case 3: result.insert(bytes.randomElement(using: &random)!, at: place)
    case 4: result.removeLast(result.count - place)
    default: result.append(contentsOf: result[place...].prefix(40))
    }
  }
  return result
}
