import Foundation

/// Checks a reader's exercises, and prints what is still missing.
struct Checking {
  let chapter: Chapter
  let reader: ReaderFolder
  let screen: Screen

  /// - Returns: whether all exercises are done.
  func run() throws -> Bool {
    guard reader.has(chapter) else {
      throw TutorialError.notBegun(chapter, folder: reader.url)
    }
    try reader.renewChecks(of: chapter)
    let done = try chapter.exercises.map(check)
    print("")
    let count = done.count { $0 }
    print(
      count == done.count
        ? "All \(done.count) exercises are done." : "\(count) of \(done.count) exercises are done.")
    return count == done.count
  }

  private func check(_ exercise: Exercise) throws -> Bool {
    print(screen.bold("Exercise \(exercise.number): \(exercise.title)"))
    let file = reader.file(exercise, of: chapter)
    guard let code = try? String(contentsOf: file, encoding: .utf8) else {
      say("\(file.path) is missing; ./Scripts/tutorial new \(chapter.number) makes it again.")
      return false
    }
    let missing = exercise.missing(in: code)
    guard missing.isEmpty else {
      say("still to be written in \(file.path): \(missing.joined(separator: ", "))")
      print(exercise.signature.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
      return false
    }
    let (command, binary) = Command.building(
      "\(chapter.name)Exercise\(exercise.number)", in: reader.url)
    let build = try Command.output(of: command, in: reader.url)
    guard build.status == 0 else {
      say("the compiler does not accept it:")
      for line in build.text.split(separator: "\n") where line.contains(#/: error: /#) {
        let plain = line.replacing(reader.url.path + "/", with: "")
        if plain.contains("/main.swift:") {
          print("      the check needs it otherwise:", plain.replacing(#/^.*error: /#, with: ""))
          print("      it must be: \(exercise.signature)")
        } else {
          print("      \(plain)")
        }
      }
      return false
    }
    let result = try Command.output(of: [binary.path], in: reader.url)
    for line in result.text.split(separator: "\n") {
      let colored = line.hasPrefix("✓") ? screen.green("✓") : screen.red("✗")
      let isMark = line.hasPrefix("✓") || line.hasPrefix("✗")
      print("  " + (isMark ? colored + line.dropFirst() : "  " + line))
    }
    if result.status != 0 { say("it stopped before the end of the checks.") }
    return result.status == 0 && !result.text.contains("✗")
  }

  private func say(_ problem: String) { print("  \(screen.red("✗")) \(problem)") }
}
