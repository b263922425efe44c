import Foundation
import Support

/// A reader's own folder for the course: a package outside the repository, to which chapters are
/// added one by one.
///
///     Package.swift          rewritten with each chapter
///     names.txt              data that chapters read; their pictures are written here too
///     Checks/                functions for the checks of exercises
///     Chapter03/main.swift   the reader's program
///     Chapter03/Exercise1/   Exercise1.swift is the reader's, main.swift checks it
///     Ember/, CEmber/        the library that the reader builds
///     ChapterB1/Step1/       main.swift checks it
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

  /// The folder at a path; without one, the default folder.
  init(path: String?) throws {
    try self.init(path.map { URL(filePath: $0) } ?? Self.standard)
  }

  var isStandard: Bool { url == Self.standard.standardizedFileURL }

  /// The default folder, beside the repository.
  static var standard: URL {
    Chapter.repository.deletingLastPathComponent().appending(path: "flambeau-tutorial")
  }

  func program(_ chapter: Chapter) -> URL { url.appending(path: "\(chapter.name)/main.swift") }

  func folder(_ exercise: Exercise, of chapter: Chapter) -> URL {
    url.appending(path: "\(chapter.name)/\(exercise.name)")
  }

  func file(_ exercise: Exercise, of chapter: Chapter) -> URL {
    folder(exercise, of: chapter).appending(path: "\(exercise.name).swift")
  }

  /// The place where the reader writes what an exercise or a step asks for, and what is there; nil
  /// if there is nothing.
  func code(_ exercise: Exercise, of chapter: Chapter) -> (place: URL, text: String)? {
    switch exercise.kind {
    case .exercise:
      let file = file(exercise, of: chapter)
      return (try? String(contentsOf: file, encoding: .utf8)).map { (file, $0) }
    case .step:
      let files = [Library.name, Library.cName].flatMap(files(in:))
      let texts = files.compactMap { try? String(contentsOf: $0, encoding: .utf8) }
      return (url.appending(path: Library.name), texts.joined(separator: "\n"))
    }
  }

  private func files(in folder: String) -> [URL] {
    let enumerator = FileManager.default.enumerator(
      at: url.appending(path: folder), includingPropertiesForKeys: nil)
    return (enumerator?.allObjects as? [URL] ?? []).filter {
      ["swift", "c", "h"].contains($0.pathExtension)
    }
  }

  /// Writes the solutions of all steps before a chapter.
  ///
  /// - Throws: ``TutorialError/hasCode(_:in:)`` if the reader has a library already.
  func solve(before chapter: Chapter) throws {
    let own = [Library.name, Library.cName].flatMap(files(in:)).filter {
      $0.lastPathComponent != Self.placeholder
    }
    guard own.isEmpty else {
      throw TutorialError.hasCode(own.map(\.lastPathComponent).sorted(), in: url)
    }
    for (file, text) in try Library(upTo: chapter.id.number - 1).files {
      try create(text, at: url.appending(path: file))
    }
  }

  /// A file that makes an empty library one that can be built.
  private static let placeholder = "\(Library.name).swift"

  func has(_ chapter: Chapter) -> Bool {
    FileManager.default.fileExists(atPath: program(chapter).path)
  }

  /// Creates the files of a chapter. The reader's files are not overwritten.
  func add(_ chapter: Chapter) throws {
    try create(
      "// Chapter \(chapter.id): \(chapter.title). Type the page's blocks here, beginning with\n"
        + chapter.page.imports.split(separator: "\n").map { "//   \($0)\n" }.joined(),
      at: program(chapter))
    for file in chapter.data {
      try copy(file, to: url.appending(path: file.lastPathComponent))
    }
    for exercise in chapter.exercises where exercise.kind == .exercise {
      try create(exercise.startingFile, at: file(exercise, of: chapter))
    }
    if chapter.id.track == .build && files(in: Library.name).isEmpty {
      try create(
        "// \(Library.name): the chapters B1, B2, … say what to write, and into which files.\n",
        at: url.appending(path: "\(Library.name)/\(Self.placeholder)"))
    }
    try renewChecks(of: chapter)
    try write(try manifest(), to: url.appending(path: "Package.swift"))
  }

  /// Writes the library's files, in place of any others that it has there.
  func add(_ library: Library) throws {
    let kept = Set(library.files.keys.map { url.appending(path: $0).standardizedFileURL })
    for file in [Library.name, Library.cName].flatMap(files(in:))
    where !kept.contains(file.standardizedFileURL) {
      try FileManager.default.removeItem(at: file)
    }
    for (file, text) in library.files { try write(text, to: url.appending(path: file)) }
  }

  /// Adds a program of the given files to the package, or a module in C; its dependencies follow
  /// from the imports.
  func addProgram(_ name: String, _ files: [String: String]) throws {
    try addPrograms([name: files])
  }

  /// Adds several programs, by their names.
  func addPrograms(_ programs: [String: [String: String]]) throws {
    for (name, files) in programs {
      for (file, text) in files {
        try write(text, to: url.appending(path: "Programs/\(name)/\(file)"))
      }
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
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
    var targets = exists("Checks") ? [".target(name: \"Checks\", path: \"Checks\"),"] : []
    let hasLibrary = exists(Library.name)
    let programs = programs
    let own = Set(["Checks", Library.name, Library.cName] + programs)
    func program(
      _ name: String, _ path: String, imports code: [String], exclude: [String] = []
    ) -> String {
      let imports = Chapter.imports(of: code)
      return target(
        ".executableTarget", name, path,
        dependencies: imports.intersection(own).sorted().map { "\"\($0)\"" }
          + imports.subtracting(own).sorted().map(product),
        exclude: exclude)
    }
    if hasLibrary {
      let isInC = !files(in: Library.cName).isEmpty
      if isInC {
        targets.append(".target(name: \"\(Library.cName)\", path: \"\(Library.cName)\"),")
      }
      targets.append(
        target(
          ".target", Library.name, Library.name,
          dependencies: (isInC ? ["\"\(Library.cName)\""] : []) + [product("Graphs")]))
    }
    for chapter in try Chapter.ofAllTracks() where has(chapter) {
      let exercises = chapter.exercises
      targets.append(
        program(
          chapter.name, chapter.name, imports: chapter.page.code, exclude: exercises.map(\.name)))
      for exercise in exercises {
        let code = [exercise.solution, try String(contentsOf: exercise.check, encoding: .utf8)]
        targets.append(
          program(
            "\(chapter.name)\(exercise.name)", "\(chapter.name)/\(exercise.name)", imports: code))
      }
    }
    for name in programs {
      let files = files(in: "Programs/\(name)")
      if files.contains(where: { $0.pathExtension == "swift" }) {
        let code = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        targets.append(program(name, "Programs/\(name)", imports: code))
      } else {
        targets.append(".target(name: \"\(name)\", path: \"Programs/\(name)\"),")
      }
    }
    return """
      // swift-tools-version: 6.2
      // Written by Flambeau's ./Scripts/tutorial new, which adds a chapter when you begin it.
      import PackageDescription

      let package = Package(
        name: "flambeau-tutorial",
        platforms: [.macOS(.v15)],\(hasLibrary ? library : "")
        dependencies: [.package(name: "Flambeau", path: "\(Chapter.repository.path)")],
        targets: [
      \(targets.map { "    \($0)" }.joined(separator: "\n"))
        ]
      )

      """
  }

  /// The names of the folders in Programs.
  private var programs: [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: url.appending(path: "Programs").path)
    return (names ?? []).sorted()
  }

  private var library: String {
    "\n  products: [.library(name: \"\(Library.name)\", targets: [\"\(Library.name)\"])],"
  }

  private func product(_ name: String) -> String {
    ".product(name: \"\(name)\", package: \"Flambeau\")"
  }

  private func target(
    _ kind: String, _ name: String, _ path: String, dependencies: [String], exclude: [String] = []
  ) -> String {
    """
    \(kind)(
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
    try write(try Data(contentsOf: file), to: target)
  }

  /// Writes a file, and creates its folders, unless it already has these contents.
  ///
  /// - Throws: ``TutorialError/cannotWrite(_:reason:)``.
  func write(_ text: String, to file: URL) throws { try write(Data(text.utf8), to: file) }

  private func write(_ data: Data, to file: URL) throws {
    guard (try? Data(contentsOf: file)) != data else { return }
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch {
      throw TutorialError.cannotWrite(file, reason: error.systemReason)
    }
  }
}
