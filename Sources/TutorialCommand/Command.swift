import Foundation

/// Functions that run other programs.
enum Command {
  /// Runs a command until it ends, with this process's standard streams.
  ///
  /// - Throws: ``TutorialError/failed(command:status:)``.
  static func run(_ command: [String], in folder: URL) throws {
    let process = process(command, in: folder)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TutorialError.failed(
        command: command.joined(separator: " "), status: process.terminationStatus)
    }
  }

  /// Runs a command, and returns what it prints on standard output and standard error.
  static func output(
    of command: [String], in folder: URL
  ) throws -> (text: String, status: Int32) {
    let process = process(command, in: folder)
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }

  /// The command that builds a program of the package in a folder, and the location of the program.
  static func building(_ program: String, in package: URL) -> (command: [String], program: URL) {
    let command = ["swift", "build", "--quiet", "-c", "release", "--package-path", package.path]
    return (
      command + ["--product", program], package.appending(path: ".build/release/\(program)")
    )
  }

  /// Builds a program of the package in a folder; the compiler prints its errors.
  static func build(_ program: String, in package: URL) throws -> URL {
    let build = building(program, in: package)
    try run(build.command, in: package)
    return build.program
  }

  static func process(
    _ command: [String], in folder: URL, environment: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    return process
  }
}
