import ArgumentParser
import Foundation

@main
struct Tutorial: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "./Scripts/tutorial",
    abstract: "The course: from one number to a language model.",
    discussion: """
      Without arguments it lists the chapters. To follow one, begin a folder of your own with `new`, \
      type the page's blocks into it, and let `check` look at your exercises. In the chapters B1, \
      B2, … you build a small library, and `check` looks at each step.
      """,
    subcommands: [Show.self, New.self, Check.self, Hint.self, Write.self, Catalog.self],
    defaultSubcommand: Show.self)
}

/// `tutorial`, `tutorial 3` and `tutorial 3 --step`.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "List the chapters, or run one (the default).")

  @Argument(help: "The chapter to run.")
  var chapter: ChapterNumber?

  @Flag(help: "Show the page and run its program block by block.")
  var step = false

  @Option(help: "The folder for the pictures that the chapter draws.")
  var output = "output/tutorial"

  func run() throws {
    guard let chapter else { return try list() }
    let chosen = try Chapter.numbered(chapter)
    let folder = URL(filePath: output).appending(path: chosen.name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try chosen.copyData(to: folder)
    if step {
      try showSteps(of: chosen, in: folder)
    } else {
      let program = try program(of: chosen)
      if Chapter.imports(of: chosen.page.code).contains("CUDASimulator") {
        // The program loads this library at run time.
        _ = try Command.build("CUDASimulator", in: Chapter.repository)
      }
      try Command.run([program.path], in: folder)
    }
    let pictures = chosen.page.pictures.map(\.name).joined(separator: ", ")
    print("\nPictures in \(folder.path): \(pictures)")
  }

  private func program(of chapter: Chapter) throws -> URL {
    guard chapter.id.track == .build else {
      return try Command.build(chapter.name, in: Chapter.repository)
    }
    let reader = try BlockRunner.folder
    try reader.add(Library(upTo: chapter.id.number))
    try reader.addProgram(chapter.name, ["main.swift": chapter.page.program])
    return try Command.build(chapter.name, in: reader.url)
  }

  private func list() throws {
    for track in Track.allCases {
      if track == .build { print("\nBuild it yourself:") }
      for chapter in try Chapter.all(track) {
        let number = chapter.id.description
        print("\(number.count == 1 ? " " : "")\(number)  \(chapter.title)")
      }
    }
    print(
      """

      ./Scripts/tutorial 1           runs a chapter
      ./Scripts/tutorial 1 --step    shows its page and runs it block by block
      ./Scripts/tutorial new 1       makes a folder of your own to type it into
      ./Scripts/tutorial check 1     checks your exercises
      ./Scripts/tutorial new B1      begins a small library of your own
      ./Scripts/tutorial check B1    checks its steps
      ./Scripts/tutorial hint B1 2   gives the next hint for a step
      """)
  }

  private func showSteps(of chapter: Chapter, in folder: URL) throws {
    let screen = Screen()
    var parts = chapter.page.withoutFolds.parts[...]
    var isStopped = false
    print(screen.dim("Building; the first time takes a few minutes.\n"))
    try BlockRunner.running(chapter, chapter.page).run(
      in: folder,
      before: {
        while let part = parts.popFirst() {
          switch part {
          case .text(let text): show(text, on: screen)
          case .block(let block) where block.language == "swift":
            print(screen.blue(block.text.indented))
            print(screen.dim("⏎ to run it, q to stop "), terminator: "")
            fflush(nil)
            isStopped = readLine()?.hasPrefix("q") != false
            return !isStopped
          case .block(let block):
            if !block.isOutput { print(block.text.indented) }
          }
        }
        return true
      },
      printed: { FileHandle.standardOutput.write($1) })
    guard !isStopped else { throw ExitCode.success }
    for part in parts {
      switch part {
      case .text(let text): show(text, on: screen)
      case .block(let block): if !block.isOutput { print(block.text.indented) }
      }
    }
  }

  private func show(_ text: String, on screen: Screen) {
    let text = screen.text(text)
    if !text.isEmpty { print("\n\(text)\n") }
  }
}

extension String {
  /// The lines, each four columns to the right.
  var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
      .joined(separator: "\n")
  }
}

/// The chapter and the reader's folder.
struct ReaderOptions: ParsableArguments {
  @Argument(help: "The chapter, such as 3 or B3.")
  var chapter: ChapterNumber

  @Argument(help: "Your folder; by default flambeau-tutorial, beside the repository.")
  var folder: String?

  func reader() throws -> ReaderFolder {
    try ReaderFolder(path: folder)
  }
}

struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add a chapter to a folder of your own, ready to type into.")

  @OptionGroup var options: ReaderOptions

  @Flag(help: "Also write the solutions of all steps before it; for B2, B3, …")
  var solved = false

  func run() throws {
    let chapter = try Chapter.numbered(options.chapter)
    let reader = try options.reader()
    if solved { try reader.solve(before: chapter) }
    try reader.add(chapter)
    let isBuilt = chapter.id.track == .build
    let place = isBuilt ? reader.url.appending(path: Library.name) : reader.program(chapter)
    print(
      """
      Read   \(chapter.folder.appending(path: "README.md").path)
      \(isBuilt ? "Write " : "Type  ") \(place.path)
      Run    cd \(reader.url.path) && swift run -c release \(chapter.name)
      Check  ./Scripts/tutorial check \(chapter.id)\(options.folder.map { " \($0)" } ?? "")
      """)
  }
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the exercises or steps of a chapter in your folder, and say what is missing.")

  @OptionGroup var options: ReaderOptions

  func run() throws {
    let checking = Checking(
      chapter: try Chapter.numbered(options.chapter), reader: try options.reader(),
      screen: Screen())
    if try !checking.run() { throw ExitCode.failure }
  }
}
