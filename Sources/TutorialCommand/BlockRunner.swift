import Foundation

/// Runs a chapter's program block by block: the page's blocks are compiled as one program that stops
/// after each of them until it is told to go on.
struct BlockRunner {
  let chapter: Chapter

  /// The program stands in a reader's folder of its own, among what was built.
  private func build() throws -> URL {
    let reader = try ReaderFolder(Chapter.repository.appending(path: ".build/steps"))
    try reader.add(chapter)
    try reader.write(
      "startBlocks()\n" + chapter.page.code.map { $0 + "endBlock()\n" }.joined(),
      to: reader.program(chapter))
    try reader.write(
      Self.pauses, to: reader.url.appending(path: "\(chapter.name)/Pauses.swift"))
    return try Command.build(chapter.name, in: reader.url)
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
  ///   - before: Called before each block with its number, from 0; `false` ends the program there.
  ///   - printed: Called with what a block prints.
  func run(
    in folder: URL, before: (_ block: Int) -> Bool, printed: (_ block: Int, Data) -> Void
  ) throws {
    let binary = try build()
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = binary
    process.currentDirectoryURL = folder
    process.standardInput = input
    process.standardOutput = output

    guard before(0) else { return }
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
          let isLast = block == chapter.page.code.count
          guard isLast || before(block) else {
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
      throw TutorialError.failed(command: chapter.name, status: process.terminationStatus)
    }
  }
}
