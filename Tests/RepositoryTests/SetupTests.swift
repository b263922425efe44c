import Foundation
import Testing

/// Runs Scripts/setup on simulated machines that lack something, with stand-ins for the commands it
/// calls.
@Suite struct SetupTests {
  private let machine: TemporaryFolder
  private static let swift = "echo 'Swift version 6.2 (swift-6.2-RELEASE)'"

  init() throws { machine = try TemporaryFolder() }

  /// Runs the script with these commands, given as scripts, and the few that it always needs.
  private func setup(
    _ commands: [String: String], _ arguments: String...
  ) async throws -> ProcessResult {
    let bin = machine.url.appending(path: "bin")
    for (name, script) in commands {
      try machine.write("#!/bin/sh\n\(script)\n", to: "bin/\(name).text")
      // A file written by this process may still be open in a child process of another test, and
      // then cannot be executed, so another program copies it.
      let copied = try await run(
        command: ["install", "-m", "755", "\(name).text", name], in: bin)
      #expect(copied.status == 0)
    }
    for name in ["sed", "head"] {
      let real = ["/usr/bin", "/bin"].map { "\($0)/\(name)" }
        .first { FileManager.default.fileExists(atPath: $0) }
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: bin.appending(path: name).path, withDestinationPath: #require(real))
    }
    return try await run(
      URL(fileURLWithPath: "/bin/sh"),
      [Repository.root.appending(path: "Scripts/setup").path] + arguments, in: machine.url,
      environment: ["PATH": bin.path])
  }

  @Test func withoutSwiftItSaysWhereToGetIt() async throws {
    let result = try await setup([:])
    #expect(result.status == 1)
    #expect(result.errors.contains("needs Swift 6.2 or later: see https://www.swift.org/install/"))
  }

  @Test(arguments: ["5.10", "6.1", "6.0.3"])
  func anOldSwiftIsNotEnough(version: String) async throws {
    let result = try await setup(["swift": "echo 'Swift version \(version)'"])
    #expect(result.status == 1)
    #expect(result.errors.contains("this is Swift version \(version)"))
  }

  @Test func aSwiftThatDoesNotStart() async throws {
    let result = try await setup(["swift": "echo 'no libncurses' >&2; exit 127"])
    #expect(result.status == 1)
    #expect(result.errors.contains("this one does not start: no libncurses"))
  }

  @Test func whereAllIsThereItDoesNothing() async throws {
    let result = try await setup([
      "swift": Self.swift, "pkg-config": "", "dpkg": "", "dot": "", "gnuplot": "",
      "apt-get": "echo called",
    ])
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
  }

  @Test func withoutAptItNamesWhatIsMissing() async throws {
    let result = try await setup(["swift": Self.swift])
    #expect(result.status == 1)
    #expect(
      result.errors.contains(
        "these Debian packages, or your system's like: pkg-config libopenblas-dev libhdf5-dev "
          + "libgraphviz-dev libpng-dev libturbojpeg0-dev libzip-dev libxxhash-dev zlib1g-dev graphviz "
          + "gnuplot-nox\n"))
  }

  private static let lacksHDF5 = [
    "swift": swift, "dot": "", "gnuplot": "", "apt-get": "echo apt-get \"$@\" >>calls",
    "pkg-config": "[ \"$2\" != hdf5 ]",
  ]

  private func calls() throws -> String {
    try String(contentsOf: machine.url.appending(path: "calls"), encoding: .utf8)
  }

  @Test func rootInstallsWhatIsMissing() async throws {
    let result = try await setup(Self.lacksHDF5.merging(["id": "echo 0"]) { $1 }, "python3-venv")
    #expect(result.status == 0)
    #expect(result.errors == "Installing python3-venv libhdf5-dev\n")
    let calls = try calls()
    #expect(calls == "apt-get update -qq\napt-get install -y -qq python3-venv libhdf5-dev\n")
  }

  @Test func othersUseSudo() async throws {
    let commands = ["id": "echo 1000", "sudo": "echo -n 'sudo ' >>calls; \"$@\""]
    let result = try await setup(Self.lacksHDF5.merging(commands) { $1 })
    #expect(result.status == 0)
    let calls = try calls()
    #expect(calls.contains("sudo apt-get install -y -qq libhdf5-dev\n"))
  }

  @Test func withoutSudoItNamesTheCommand() async throws {
    let result = try await setup(Self.lacksHDF5.merging(["id": "echo 1000"]) { $1 })
    #expect(result.status == 1)
    #expect(result.errors.contains("install them as root: apt-get install libhdf5-dev\n"))
  }
}
