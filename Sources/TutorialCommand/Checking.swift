import Foundation

/// Checks a reader's exercises, and prints what is still missing.
struct Checking {
  let chapter: Chapter
  let reader: ReaderFolder
  let screen: Screen

  /// Checks all exercises, or the steps up to the first that is not done, since the others stand on
  /// it.
  ///
  /// - Returns: whether all are done.
  func run() throws -> Bool {
    guard reader.has(chapter) else {
      throw TutorialError.notBegun(chapter, folder: reader.url)
    }
    try reader.renewChecks(of: chapter)
    let exercises = chapter.exercises
    let noun = exercises.first?.kind == .step ? "steps" : "exercises"
    var count = 0
    for exercise in exercises {
      if try check(exercise) {
        count += 1
      } else if exercise.kind == .step {
        print("  For a hint: ./Scripts/tutorial hint \(chapter.id) \(exercise.number)\(argument)")
        break
      }
    }
    print("")
    print(
      count == exercises.count
        ? "All \(count) \(noun) are done." : "\(count) of \(exercises.count) \(noun) are done.")
    return count == exercises.count
  }

  private var argument: String { reader.isStandard ? "" : " \(reader.url.path)" }

  private func check(_ exercise: Exercise) throws -> Bool {
    print(screen.bold("\(exercise.kind.rawValue) \(exercise.number): \(exercise.title)"))
    guard let (place, code) = reader.code(exercise, of: chapter) else {
      let file = reader.file(exercise, of: chapter)
      say("\(file.path) is missing; ./Scripts/tutorial new \(chapter.id) makes it again.")
      return false
    }
    let missing = exercise.missing(in: code)
    guard missing.isEmpty else {
      say("still to be written in \(place.path): \(missing.joined(separator: ", "))")
      print(exercise.signature.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n"))
      return false
    }
    let (command, binary) = Command.building(
      "\(chapter.name)\(exercise.name)", in: reader.url)
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
