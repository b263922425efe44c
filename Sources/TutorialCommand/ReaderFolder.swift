import Foundation

/// A reader's own folder for the course: a package outside the repository, to which chapters are
/// added one by one.
///
///     Package.swift          rewritten with each chapter
///     names.txt              data that chapters read; their pictures are written here too
///     Checks/                functions for the checks of exercises
///     Chapter03/main.swift   the reader's program
///     Chapter03/Exercise1/   Exercise1.swift is the reader's, main.swift checks it
struct ReaderFolder {
  let url: URL

  /// - Throws: ``TutorialError/insideRepository(_:)``.
  init(_ url: URL) throws {
    let path = url.standardizedFileURL.path
    let repository = Chapter.repository.standardizedFileURL.path
    guard !path.hasPrefix(repository + "/") || path.hasPrefix(repository + "/.build") else {
      throw TutorialError.insideRepository(url)
    }
    self.url = url.standardizedFileURL
  }

  /// The default folder, beside the repository.
  static var standard: URL {
    Chapter.repository.deletingLastPathComponent().appending(path: "flambeau-tutorial")
  }

  func program(_ chapter: Chapter) -> URL { url.appending(path: "\(chapter.name)/main.swift") }

  func folder(_ exercise: Exercise, of chapter: Chapter) -> URL {
    url.appending(path: "\(chapter.name)/Exercise\(exercise.number)")
  }

  func file(_ exercise: Exercise, of chapter: Chapter) -> URL {
    folder(exercise, of: chapter).appending(path: "Exercise\(exercise.number).swift")
  }

  func has(_ chapter: Chapter) -> Bool {
    FileManager.default.fileExists(atPath: program(chapter).path)
  }

  /// Creates the files of a chapter. The reader's files are not overwritten.
  func add(_ chapter: Chapter) throws {
    try create(
      "// Chapter \(chapter.number): \(chapter.title). Type the page's blocks here, beginning with\n"
        + chapter.page.imports.split(separator: "\n").map { "//   \($0)\n" }.joined(),
      at: program(chapter))
    for file in chapter.data {
      try copy(file, to: url.appending(path: file.lastPathComponent))
    }
    for exercise in chapter.exercises {
      try create(exercise.startingFile, at: file(exercise, of: chapter))
    }
    try renewChecks(of: chapter)
    try write(try manifest(), to: url.appending(path: "Package.swift"))
  }

  /// Adds a program of the given files to the package; its dependencies follow from main.swift's
  /// imports.
  func addProgram(_ name: String, _ files: [String: String]) throws {
    for (file, text) in files {
      try write(text, to: url.appending(path: "Programs/\(name)/\(file)"))
    }
    try write(try manifest(), to: url.appending(path: "Package.swift"))
  }

  /// Copies the checks of a chapter's exercises, beside the reader's files.
  func renewChecks(of chapter: Chapter) throws {
    try copy(
      Chapter.tutorials.appending(path: "Checks/Checks.swift"),
      to: url.appending(path: "Checks/Checks.swift"))
    for exercise in chapter.exercises {
      try copy(
        exercise.check, to: folder(exercise, of: chapter).appending(path: "main.swift"))
    }
  }

  /// The package's manifest, with the chapters that exist.
  private func manifest() throws -> String {
    let hasChecks = FileManager.default.fileExists(atPath: url.appending(path: "Checks").path)
    var targets = hasChecks ? [".target(name: \"Checks\", path: \"Checks\"),"] : []
    for chapter in try Chapter.all() where has(chapter) {
      let exercises = chapter.exercises
      targets.append(
        program(
          chapter.name, chapter.name, imports: chapter.page.code,
          exclude: exercises.map { "Exercise\($0.number)" }))
      for exercise in exercises {
        let code = [exercise.solution, try String(contentsOf: exercise.check, encoding: .utf8)]
        targets.append(
          program(
            "\(chapter.name)Exercise\(exercise.number)",
            "\(chapter.name)/Exercise\(exercise.number)", imports: code, needsChecks: true))
      }
    }
    let programs = url.appending(path: "Programs")
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: programs.path)) ?? [])
      .sorted()
    {
      let main = try String(
        contentsOf: programs.appending(path: "\(name)/main.swift"), encoding: .utf8)
      targets.append(program(name, "Programs/\(name)", imports: [main]))
    }
    return """
      // swift-tools-version: 6.2
      // Written by Flambeau's ./Scripts/tutorial new, which adds a chapter when you begin it.
      import PackageDescription

      let package = Package(
        name: "flambeau-tutorial",
        platforms: [.macOS(.v15)],
        dependencies: [.package(name: "Flambeau", path: "\(Chapter.repository.path)")],
        targets: [
      \(targets.map { "    \($0)" }.joined(separator: "\n"))
        ]
      )

      """
  }

  private func program(
    _ name: String, _ path: String, imports code: [String], exclude: [String] = [],
    needsChecks: Bool = false
  ) -> String {
    let products = Chapter.products(of: code).map {
      ".product(name: \"\($0)\", package: \"Flambeau\")"
    }
    let dependencies = (needsChecks ? ["\"Checks\""] : []) + products
    return """
      .executableTarget(
            name: "\(name)",
            dependencies: [\(dependencies.joined(separator: ", "))],
            path: "\(path)"\(exclude.isEmpty ? "" : ", exclude: \(exclude)"),
            swiftSettings: [.swiftLanguageMode(.v5)]),
      """
  }

  /// Writes a file unless it exists.
  private func create(_ text: String, at file: URL) throws {
    guard !FileManager.default.fileExists(atPath: file.path) else { return }
    try write(text, to: file)
  }

  private func copy(_ file: URL, to target: URL) throws {
    let data = try Data(contentsOf: file)
    guard (try? Data(contentsOf: target)) != data else { return }
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: target, options: .atomic)
  }

  /// Writes a file, and creates its folders, unless it already has these contents.
  func write(_ text: String, to file: URL) throws {
    let data = Data(text.utf8)
    guard (try? Data(contentsOf: file)) != data else { return }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file, options: .atomic)
  }
}
