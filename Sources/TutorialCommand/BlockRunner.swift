import Foundation

/// Runs a page's program block by block: the blocks are compiled as one program that pauses after
/// each block until it is told to continue.
struct BlockRunner {
  /// The name of the program, a Swift identifier.
  let name: String
  let page: MarkdownPage
  /// The reader's library, if the page's program uses it.
  var library: Library?

  /// Runs the page of a chapter; one of the track "build" with the library that it makes.
  static func running(_ chapter: Chapter, _ page: MarkdownPage) throws -> BlockRunner {
    BlockRunner(
      name: chapter.name, page: page,
      library: chapter.id.track == .build ? try Library(upTo: chapter.id.number) : nil)
  }

  /// The folder of these programs, within the build folder.
  static var folder: ReaderFolder {
    get throws { try ReaderFolder(Chapter.repository.appending(path: ".build/steps")) }
  }

  private func build() throws -> URL {
    let folder = try Self.folder
    if let library { try folder.add(library) }
    let main = "startBlocks()\n" + page.code.map { $0 + "endBlock()\n" }.joined()
    try folder.addProgram(name, ["main.swift": main, "Pauses.swift": Self.pauses])
    return try Command.build(name, in: folder.url)
  }

  private static let end: UInt8 = 0x1E

  private static let pauses = """
    @preconcurrency import Foundation

    func startBlocks() { setvbuf(stdout, nil, Int32(_IOLBF), 0) }

    func endBlock() {
      print("\\u{1E}", terminator: "")
      fflush(nil)
      if readLine() == nil { exit(0) }
    }

    """

  /// Runs the program, and passes on what each block prints, piece by piece.
  ///
  /// - Parameters:
  ///   - folder: working directory of the program.
  ///   - environment: additional environment variables.
  ///   - before: function called before each block; `false` ends the program.
  ///   - printed: function called with what a block prints.
  func run(
    in folder: URL, environment: [String: String] = [:], before: () -> Bool,
    printed: (_ block: Int, Data) -> Void
  ) throws {
    let binary = try build()
    let process = Command.process([binary.path], in: folder, environment: environment)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output

    guard before() else { return }
    try process.run()
    var block = 0
    while true {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      for (index, piece) in data.split(separator: Self.end, omittingEmptySubsequences: false)
        .enumerated()
      {
        if index > 0 {
          block += 1
          let isLast = block == page.code.count
          guard isLast || before() else {
            // The end of its input ends the program.
            try input.fileHandleForWriting.close()
            process.waitUntilExit()
            return
          }
          input.fileHandleForWriting.write(Data("\n".utf8))
        }
        if !piece.isEmpty { printed(block, Data(piece)) }
      }
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TutorialError.failed(command: name, status: process.terminationStatus)
    }
  }
}
