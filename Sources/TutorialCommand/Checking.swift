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
    if !FileManager.default.fileExists(atPath: reader.url.appending(path: ".build/release").path) {
      print(screen.dim("Building Flambeau for your folder; this takes a few minutes, once.\n"))
      fflush(nil)
    }
    let exercises = chapter.exercises
    let noun = exercises.first?.kind == .step ? "steps" : "exercises"
    if noun == "steps" {
      let command = Command.building(in: reader.url) + ["--target", Library.name]
      let build = try Command.output(of: command, in: reader.url)
      guard build.status == 0 else {
        print(screen.bold("\(Library.name), your library, does not compile:"))
        explain(build.text)
        return false
      }
    }
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
      if explain(build.text) { print("      it must be:\n\(exercise.signature.indented)") }
      return false
    }
    let result = try Command.output(
      of: [binary.path], in: reader.url, environment: ["SWIFT_BACKTRACE": "enable=no"],
      limit: Self.secondsToRun)
    report(result.text)
    if result.status != 0 {
      say(
        result.status == Command.endedByLimit
          ? "it was ended after \(Self.secondsToRun) seconds; is there a loop without an end?"
          : "it stopped before the end of the checks.")
    }
    return result.status == 0 && !result.text.contains("✗")
  }

  /// After so many seconds a check is ended.
  private static let secondsToRun = 120

  /// Prints the compiler's errors, each once.
  ///
  /// - Returns: whether there are some in the program that checks.
  @discardableResult
  private func explain(_ errors: String) -> Bool {
    var seen: Set<String> = []
    var isCheckWrong = false
    for line in errors.split(separator: "\n").map(String.init) where line.contains(#/: error: /#) {
      let plain = line.replacing(reader.url.path + "/", with: "")
        .replacing(
          #/'([^']+)' is inaccessible due to 'internal' protection level/#
        ) { "'\($0.1)' must be public" }
      let isInCheck = plain.contains("/main.swift:")
      let text = isInCheck ? plain.replacing(#/^.*error: /#, with: "") : plain
      guard seen.insert(text).inserted else { continue }
      isCheckWrong = isCheckWrong || isInCheck
      print("      \(isInCheck ? "the check cannot use it: " : "")\(text)")
    }
    return isCheckWrong
  }

  /// Prints what a check has found: one line if all is right, else what is not.
  private func report(_ text: String) {
    let lines = text.split(separator: "\n")
    let right = lines.count { $0.hasPrefix("✓") }
    let wrong = lines.count { $0.hasPrefix("✗") }
    if wrong == 0 && right > 12 {
      print("  \(screen.green("✓")) all \(right) checks")
      return
    }
    var shown = 0
    for line in lines {
      let isMark = line.hasPrefix("✓") || line.hasPrefix("✗")
      if isMark { shown += line.hasPrefix("✗") ? 1 : 0 }
      if line.hasPrefix("✓") && right > 12 || shown > 5 { continue }
      let colored = line.hasPrefix("✓") ? screen.green("✓") : screen.red("✗")
      print("  " + (isMark ? colored + line.dropFirst() : "  " + line))
    }
    if right > 12 { print("  \(screen.green("✓")) \(right) others") }
    if shown > 5 { print("  \(screen.red("✗")) and \(shown - 5) more") }
  }

  private func say(_ problem: String) { print("  \(screen.red("✗")) \(problem)") }
}
