import Foundation
import Testing

@testable import TutorialCommand

/// Uses Flambeau by URL, as a new user would: each README has a manifest, a program and its output.
@Suite struct InstallationTests {
  static let pages = [
    "Packages/ScalarGrad", "Packages/Graphs", "Packages/Devices", "Packages/Tensors",
    "Packages/Files", "Packages/DataPipes", "Packages/NN", "Packages/Serialization",
    "Packages/ReferenceDevice", ".", "Tutorials/17-one-package",
  ]

  @Test func everyPackageHasAPage() throws {
    let packages = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: "Packages").path)
    // Support is not meant to be used alone.
    let taken = packages.filter { $0 != "Support" }
    #expect(Set(taken.map { "Packages/\($0)" }).isSubset(of: Self.pages))
  }

  /// All pages in one test and one folder, so that clients share what was built.
  @Test func everyPageIsWhatOneGets() async throws {
    let folder = try TemporaryFolder()
    let url = try await repository(in: folder)
    let client = folder.url.appending(path: "client")
    for path in Self.pages {
      let page = try MarkdownPage(
        contentsOf: Repository.root.appending(path: "\(path)/README.md"))
      let manifests = page.blocks.filter { $0.language == "swift package" }.map(\.text)
      try #require(manifests.count == 1 && !page.output.isEmpty, "\(path)")
      try folder.write(
        manifests[0].replacing("<URL of this repository>", with: url), to: "client/Package.swift")
      try folder.write(page.program, to: "client/Sources/client/main.swift")

      let build = try await run(
        command: ["swift", "build", "--disable-dependency-cache", "--disable-index-store"],
        in: client)
      try #require(build.status == 0, "\(path): \(build.output) \(build.errors)")
      #expect(!build.output.contains("warning: "), "\(path)")
      let result = try await run(client.appending(path: ".build/debug/client"), in: folder.url)
      #expect(result.status == 0, "\(path): \(result.errors)")
      #expect(result.output == page.output, "\(path)")

      if path == "Packages/ScalarGrad" {
        let built = try FileManager.default.contentsOfDirectory(
          atPath: client.appending(path: ".build/debug/Modules").path)
        #expect(built.contains("ScalarGrad.swiftmodule"))
        #expect(!built.contains("Tensors.swiftmodule"), "ScalarGrad alone needs no tensors")
      }
    }
  }

  /// A repository with the files of this one, including uncommitted ones, and the tag of a release.
  private func repository(in folder: TemporaryFolder) async throws -> String {
    let repository = folder.url.appending(path: "flambeau")
    let files = ["--git-dir", "\(repository.path)/.git", "--work-tree", Repository.root.path]
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for arguments in [
      ["init", "--quiet", "--initial-branch=main", repository.path],
      files + ["add", "--all"],
      files + identity + ["commit", "--quiet", "--message", "All files"],
      files + ["tag", try Repository.latestVersion()],
    ] {
      let result = try await run(command: ["git"] + arguments, in: Repository.root)
      try #require(result.status == 0, "\(result.errors)")
    }
    return repository.absoluteString
  }
}
