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

  /// The status of a command that was ended since it ran longer than it may.
  static let endedByLimit: Int32 = 124

  /// Runs a command, and returns what it prints on standard output and standard error.
  ///
  /// - Parameter limit: the number of seconds after which the command is ended; nil for none.
  static func output(
    of command: [String], in folder: URL, environment: [String: String] = [:], limit: Int? = nil
  ) throws -> (text: String, status: Int32) {
    let process = process(command, in: folder, environment: environment)
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let identifier = process.processIdentifier
    let end = DispatchWorkItem { kill(identifier, SIGKILL) }
    if let limit {
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(limit), execute: end)
    }
    let start = ContinuousClock.now
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    end.cancel()
    process.waitUntilExit()
    let isEnded =
      process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
      && limit.map { ContinuousClock.now - start >= .seconds($0) } ?? false
    return (
      String(decoding: data, as: UTF8.self), isEnded ? endedByLimit : process.terminationStatus
    )
  }

  /// The command that builds the package in a folder in release, without a program.
  static func building(in package: URL) -> [String] {
    ["swift", "build", "--quiet", "-c", "release", "--package-path", package.path]
  }

  /// The command that builds a program of the package in a folder, and the location of the program.
  static func building(_ program: String, in package: URL) -> (command: [String], program: URL) {
    (
      building(in: package) + ["--product", program],
      package.appending(path: ".build/release/\(program)")
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
