import Foundation
import Testing

@testable import TutorialCommand

/// Uses `./Scripts/tutorial` like a reader who makes mistakes.
@Suite struct TutorialCommandTests {
  private let folder: TemporaryFolder
  private var file: URL { folder.url.appending(path: "Chapter01/Exercise1/Exercise1.swift") }

  init() throws { folder = try TemporaryFolder() }

  private func tutorial(_ arguments: String...) async throws -> ProcessResult {
    try await run(
      Repository.program("TutorialCommand"), arguments, in: folder.url,
      environment: ["LANG": "C.UTF-8"])
  }

  @Test func aFolderOfOnesOwn() async throws {
    let made = try await tutorial("new", "1", folder.url.path)
    #expect(made.status == 0, "\(made.errors)")
    let program = folder.url.appending(path: "Chapter01/main.swift")
    #expect(made.output.contains("Type   \(program.path)"))
    let exercise = try String(contentsOf: file, encoding: .utf8)
    #expect(exercise.contains("// func polynomial(_ x: Value) -> Value"))

    // The reader's files are kept.
    try Data("print(1)\n".utf8).write(to: program)
    #expect(try await tutorial("new", "1", folder.url.path).status == 0)
    #expect(try await tutorial("new", "2", folder.url.path).status == 0)
    #expect(try String(contentsOf: program, encoding: .utf8) == "print(1)\n")
    let manifest = try String(
      contentsOf: folder.url.appending(path: "Package.swift"), encoding: .utf8)
    #expect(manifest.contains("\"Chapter01\"") && manifest.contains("\"Chapter02\""))
  }

  @Test func whatIsMissingIsSaid() async throws {
    #expect(try await tutorial("new", "1", folder.url.path).status == 0)
    let signature = "func polynomial(_ x: Value) -> Value"
    let attempts = [
      ("", "still to be written in \(file.path): polynomial"),
      ("// \(signature)\n", "still to be written"),
      ("import ScalarGrad\n\(signature) { x + y }\n", "cannot find 'y' in scope"),
      ("func polynomial(_ x: Double) -> Double { x }\n", "it must be:\n    \(signature)"),
      ("import ScalarGrad\n\(signature) { 2 * x + 1 }\n", "✗ at 2 it is 9\n"),
      ("import ScalarGrad\n\(signature) { fatalError(\"later\") }\n", "it stopped before the end"),
      ("import ScalarGrad\n\(signature) { 3 * x ** 2 - 2 * x + 1 }\n", "✓ it remembers x"),
    ]
    for (text, message) in attempts {
      try Data(text.utf8).write(to: file)
      let result = try await tutorial("check", "1", folder.url.path)
      #expect(result.status == 1, "the other two are not done")
      #expect(result.output.contains(message), "\(text): \(result.output)")
      let isLast = message.hasPrefix("✓")
      #expect(result.output.contains("\(isLast ? 1 : 0) of 3 exercises are done."))
    }
  }

  @Test func aLibraryOfOnesOwn() async throws {
    let made = try await tutorial("new", "B1", folder.url.path)
    #expect(made.status == 0, "\(made.errors)")
    let library = folder.url.appending(path: "Ember")
    #expect(made.output.contains("Write  \(library.path)"))
    let steps = try Chapter.numbered(.init(.build, 1)).exercises

    func check() async throws -> String {
      let result = try await tutorial("check", "b1", folder.url.path)
      #expect(result.status == 1)
      return result.output
    }
    var output = try await check()
    #expect(output.contains("still to be written in \(library.path): Value, data"))
    #expect(output.contains("./Scripts/tutorial hint B1 1 \(folder.url.path)"))
    #expect(output.contains("0 of \(steps.count) steps are done."))
    #expect(!output.contains("Step 2"), "the first step that is not done comes first")

    let file = library.appending(path: "Value.swift")
    let first = steps[0].solution.replacing("self.init(literal)", with: "self.init(0)")
    try Data(first.utf8).write(to: file)
    output = try await check()
    #expect(output.contains("✓ a value has its number"))
    #expect(output.contains("✗ literals are values"))

    try Data(steps[0].solution.utf8).write(to: file)
    output = try await check()
    #expect(output.contains("Step 2: \(steps[1].title)"))
    #expect(output.contains("1 of \(steps.count) steps are done."))
    try Data((steps[0].solution + "\nlet x: Int = 0.5\n").utf8).write(to: file)
    output = try await check()
    #expect(output.contains("Ember, your library, does not compile:\n      Ember/Value.swift:"))
    let hidden = steps[0].solution.replacing("public let inputs", with: "let inputs")
    try Data(hidden.utf8).write(to: file)
    output = try await check()
    #expect(output.contains("the check cannot use it: 'inputs' must be public"))
  }

  @Test func hintsOpenOneByOne() async throws {
    #expect(try await tutorial("new", "B1", folder.url.path).status == 0)
    let step = try #require(try Chapter.numbered(.init(.build, 1)).exercises.last)
    for (index, hint) in step.hints.enumerated() {
      let result = try await tutorial("hint", "B1", "\(step.number)", folder.url.path)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("Hint \(index + 1) of \(step.hints.count)"))
      let words = try #require(hint.split(separator: "\n").first).split(separator: " ").prefix(5)
      #expect(result.output.contains(words.joined(separator: " ")))
    }
    let last = try await tutorial("hint", "B1", "\(step.number)", folder.url.path)
    #expect(last.output.contains("There are no more hints; the page has the solution."))
    let none = try await tutorial("hint", "B1", "99", folder.url.path)
    #expect(none.status != 0 && none.errors.contains("Chapter B1 has no step 99"))
    let early = try await tutorial("hint", "B2", "1", folder.url.path)
    #expect(early.errors.contains("make it with: ./Scripts/tutorial new B2"))
  }

  /// Who begins in the middle gets the library as it is there, unless there is one already.
  @Test func beginningInTheMiddle() async throws {
    #expect(try await tutorial("new", "B1", folder.url.path).status == 0)
    #expect(try await tutorial("new", "B5", "--solved", folder.url.path).status == 0)
    for (file, text) in try Library(upTo: 4).files {
      let written = try String(contentsOf: folder.url.appending(path: file), encoding: .utf8)
      #expect(written == text, "\(file)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/Ember/Module.swift"))

    let other = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: other.url.appending(path: "Ember"), withIntermediateDirectories: true)
    let own = other.url.appending(path: "Ember/Mine.swift")
    try Data("// mine\n".utf8).write(to: own)
    let refused = try await tutorial("new", "B3", "--solved", other.url.path)
    #expect(
      refused.status != 0 && refused.errors.contains("has a library of yours already: Mine.swift"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: other.url.path) == ["Ember"])
  }

  /// A check that does not end is ended, with what holds its output.
  @Test func commandsAreEnded() throws {
    let start = ContinuousClock.now
    let result = try Command.output(
      of: ["sh", "-c", "echo begun; exec sleep 60"], in: folder.url, limit: 1)
    #expect(result.text == "begun\n" && result.status == Command.endedByLimit)
    #expect(ContinuousClock.now - start < .seconds(30))
    let quick = try Command.output(of: ["true"], in: folder.url, limit: 30)
    #expect(quick.status == 0)
  }

  @Test func blockByBlock() async throws {
    let result = try await run(
      command: [
        "sh", "-c",
        "yes '' | head -n 20 | '\(Repository.program("TutorialCommand").path)' 1 --step --output out",
      ], in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    let order = [
      "One number that remembers", "let a = Value(2, label: \"a\")", "⏎ to run it",
      "a: Value(data: 2.0, grad: 0.0)", "`data` is the number", "let c = a * b", "-6.0 4.0",
      "1 node left", "Exercises",
    ]
    var rest = result.output[...]
    for text in order {
      guard let found = rest.range(of: text) else {
        Issue.record("\(text) is missing after what comes before it: \(result.output)")
        return
      }
      rest = rest[found.upperBound...]
    }
    let picture = folder.url.appending(path: "out/Chapter01/expression.svg")
    #expect(FileManager.default.fileExists(atPath: picture.path))
  }

  /// Who stops gets no more, and no solution is shown.
  @Test func steppingEnds() async throws {
    func step(_ keys: String) async throws -> String {
      let program = Repository.program("TutorialCommand").path
      let result = try await run(
        command: ["sh", "-c", "printf '\(keys)' | '\(program)' 1 --step --output out"],
        in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    let stopped = try await step("\\nq\\n")
    #expect(stopped.contains("Values add, subtract, multiply"))
    #expect(!stopped.contains("What it remembers") && !stopped.contains("Exercises"))
    let all = try await step(String(repeating: "\\n", count: 20))
    #expect(all.contains("Exercise 1: a polynomial"))
    #expect(all.contains("func polynomial(_ x: Value) -> Value"))
    #expect(!all.contains("3 * x ** 2 - 2 * x + 1\n") && !all.contains("Solution"))
  }

  @Test func whatCannotBe() async throws {
    let (last, lastBuilt) = (try Chapter.all().count, try Chapter.all(.build).count)
    for (arguments, message) in [
      (["99"], "There is no chapter 99; they are numbered from 1 to \(last)."),
      (["B99"], "There is no chapter B99; they are numbered from B1 to B\(lastBuilt)."),
      (["new", "1", Repository.root.appending(path: "here").path], "is inside the repository"),
      (
        ["check", "1", folder.url.path], "has no Chapter01; make it with: ./Scripts/tutorial new 1"
      ),
      (["three"], "The value 'three' is invalid"),
      (["new", "4", "/dev/null/x"], "/dev/null/x/Chapter04/main.swift cannot be written: "),
    ] {
      let result = try await run(
        Repository.program("TutorialCommand"), arguments, in: folder.url)
      #expect(result.status != 0)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test func pagesAreRead() {
    let page = MarkdownPage(
      "# 7. Title\ntext ![a b](Pictures/c.svg)\n```swift\nlet a = 1\n```\n\n```output measured\n5 ms\n```\nend\n"
    )
    #expect(page.title == "7. Title")
    #expect(page.code == ["let a = 1\n"])
    #expect(page.output == "5 ms\n")
    #expect(page.pictures == [.init(path: "Pictures/c.svg", text: "a b")])
    #expect(page.markdown.hasPrefix("# 7. Title\n") && page.markdown.hasSuffix("```\nend\n"))
    #expect(MarkdownPage(page.markdown).parts == page.parts)
    let renewed = page.showing(["6 ms\n"])
    #expect(renewed.output == "6 ms\n")
    #expect(renewed.blocks.map(\.language) == ["swift", "output measured"])
  }

  @Test func textIsWrappedAsItIsSeen() {
    let page = "# Title\n\n**Bold words** and [a link](x.md)\ngo on\n\n- one\n- two\n"
    #expect(
      Screen(width: 20, hasColors: false).text(page)
        == "Title\n\nBold words and a\nlink go on\n\n- one\n- two")
    #expect(
      Screen(width: 20, hasColors: true).text(page)
        == "\u{1B}[1mTitle\u{1B}[0m\n\n\u{1B}[1mBold words\u{1B}[0m and a\nlink go on\n\n- one\n- two"
    )
  }

  @Test func screensAreCompared() {
    func page(_ kind: String, _ text: String) -> MarkdownPage {
      MarkdownPage("```\(kind)\n\(text)```\n")
    }
    let exact = page("output", "loss 0.50, 3 of 4\n")
    #expect(PageComparison.difference(of: exact, from: "loss 0.50, 3 of 4\n") == nil)
    #expect(PageComparison.difference(of: exact, from: "loss 0.51, 3 of 4\n") == nil)
    #expect(PageComparison.difference(of: exact, from: "loss 0.52, 3 of 4\n") != nil)
    #expect(PageComparison.difference(of: exact, from: "loss 0.50, 2 of 4\n") != nil)
    #expect(PageComparison.difference(of: exact, from: "cost 0.50, 3 of 4\n") != nil)
    #expect(PageComparison.difference(of: exact, from: "") != nil)
    #expect(PageComparison.difference(of: exact, from: "loss 0.50, 3 of 4\nmore\n") != nil)
    let measured = page("output measured", "add   3.5 ms\n")
    #expect(PageComparison.difference(of: measured, from: "add 12.25 ms\n") == nil)
    #expect(PageComparison.difference(of: measured, from: "sub 3.5 ms\n") != nil)
    let varied = MarkdownPage("```output varies\nonce\n```\n```output\ndone\n```\n")
    #expect(PageComparison.difference(of: varied, from: "upon\na time\ndone\n") == nil)
    #expect(PageComparison.difference(of: varied, from: "upon\n") != nil)
  }
}
