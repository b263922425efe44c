import Foundation

/// Runs a page's program block by block: the blocks are compiled as one program that stops after each of
/// them until it is told to go on.
struct BlockRunner {
  /// What the program is called, as a Swift name.
  let name: String
  let page: MarkdownPage

  /// The folder of such programs, among what was built.
  static var folder: ReaderFolder {
    get throws { try ReaderFolder(Chapter.repository.appending(path: ".build/steps")) }
  }

  private func build() throws -> URL {
    let folder = try Self.folder
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
      _ = readLine()
    }

    """

  /// Runs the program in a folder, and hands out what each block prints, piece by piece.
  ///
  /// - Parameters:
  ///   - folder: where it runs.
  ///   - environment: what is added to the environment.
  ///   - before: Called before each block; `false` ends the program there.
  ///   - printed: Called with what a block prints.
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
            process.terminate()
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
