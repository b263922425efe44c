import Foundation
import Testing

/// The repository under test, and the programs that were built with the tests.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The newest version in the changelog.
  static func latestVersion() throws -> String {
    let changelog = try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    return String(try #require(changelog.firstMatch(of: #/\n## (\d+\.\d+\.\d+)/#)).1)
  }

  /// A package's manifest as SwiftPM reads it, in JSON.
  static func dumpedPackage(in folder: URL) async throws -> Data {
    // The build that runs these tests holds a lock on the repository's own scratch folder.
    let scratch = try TemporaryFolder()
    let result = try await run(
      command: ["swift", "package", "--scratch-path", scratch.url.path, "dump-package"],
      in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return Data(result.output.utf8)
  }

  /// The path of a program of the package, which is in the same folder as the tests.
  static func program(_ name: String) -> URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: name)
  }
}

/// The status and the output of a program that has ended.
struct ProcessResult {
  let status: Int32
  let output: String
  let errors: String
}

/// Runs a program in a folder until it ends. Other tests continue meanwhile.
func run(
  _ program: URL, _ arguments: [String] = [], in folder: URL,
  environment: [String: String] = [:]
) async throws -> ProcessResult {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = folder
  // Users have no simulated GPU, unless they ask for it.
  process.environment = ProcessInfo.processInfo.environment
    .filter { $0.key != "FLAMBEAU_CUDA" }.merging(environment) { $1 }
  process.standardInput = FileHandle.nullDevice
  // Output goes to files, since a pipe that is not read would fill up.
  let names = ["output", "errors"].map { "\(UUID().uuidString).\($0)" }
  let files = names.map { FileManager.default.temporaryDirectory.appending(path: $0) }
  defer { for file in files { try? FileManager.default.removeItem(at: file) } }
  for file in files { try Data().write(to: file) }
  process.standardOutput = try FileHandle(forWritingTo: files[0])
  process.standardError = try FileHandle(forWritingTo: files[1])
  try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
    process.terminationHandler = { _ in ended.resume() }
    do {
      try process.run()
    } catch {
      ended.resume(throwing: error)
    }
  }
  return ProcessResult(
    status: process.terminationStatus,
    output: try String(contentsOf: files[0], encoding: .utf8),
    errors: try String(contentsOf: files[1], encoding: .utf8))
}

/// Runs a command that is found in the path.
func run(
  command: [String], in folder: URL, environment: [String: String] = [:]
) async throws -> ProcessResult {
  try await run(
    URL(fileURLWithPath: "/usr/bin/env"), command, in: folder, environment: environment)
}

/// A temporary folder for one test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "flambeau-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a text file, and creates its folders.
  func write(_ text: String, to path: String) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
