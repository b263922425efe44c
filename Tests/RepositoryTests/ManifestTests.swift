import Foundation
import Testing

/// The root's manifest declares every target itself, so that clients can depend on the repository
/// by URL, and each package's own manifest declares the same ones, so that it builds alone. This
/// keeps them in sync.
@Suite struct ManifestTests {
  private struct Manifest: Decodable {
    let targets: [Target]
    let products: [Product]
  }

  private struct Product: Decodable {
    let name: String
  }

  private struct Target: Decodable {
    let name: String
    let type: String
    let dependencies: [[String: [Element?]]]
    let exclude: [String]
    let pkgConfig: String?
    let resources: [Resource]

    struct Resource: Decodable, Equatable {
      let path: String
    }

    enum Element: Decodable {
      case text(String)
      case other

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = (try? container.decode(String.self)).map(Element.text) ?? .other
      }
    }

    /// The names of its dependencies, in the same package or in others.
    var dependencyNames: Set<String> {
      Set(
        dependencies.compactMap { dependency in
          guard case .text(let name)?? = dependency.values.first?.first else { return nil }
          return name
        })
    }
  }

  private func manifest(of folder: URL) async throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: try await Repository.dumpedPackage(in: folder))
  }

  private static let packages = [
    "DataPipes", "Devices", "Files", "Graphs", "NN", "ReferenceDevice", "ScalarGrad",
    "Serialization", "Support", "Tensors",
  ]

  @Test func allPackagesAreCompared() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: "Packages").path)
    #expect(folders.sorted() == Self.packages)
  }

  @Test(arguments: packages)
  func theRootDeclaresTheSame(package: String) async throws {
    let root = try await manifest(of: Repository.root)
    let own = try await manifest(of: Repository.root.appending(path: "Packages/\(package)"))
    for target in own.targets {
      let same = try #require(root.targets.first { $0.name == target.name }, "\(target.name)")
      #expect(same.type == target.type, "\(target.name)")
      #expect(same.dependencyNames == target.dependencyNames, "\(target.name)")
      #expect(same.exclude == target.exclude, "\(target.name)")
      #expect(same.pkgConfig == target.pkgConfig, "\(target.name)")
      #expect(same.resources == target.resources, "\(target.name)")
    }
    // Without products that only packages of this repository need.
    let products = Set(own.products.map(\.name)).subtracting(["CHDF5", "Support"])
    #expect(products.isSubset(of: Set(root.products.map(\.name))))
  }

  /// If a C library's header is missing, the compiler names the package that contains it.
  @Test func missingLibrariesAreNamed() throws {
    let manifest = try String(
      contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8)
    let packages = Set(manifest.matches(of: /apt: "([^"]+)"/).map { String($0.1) })
    var named: Set<String> = []
    for package in Self.packages {
      let sources = Repository.root.appending(path: "Packages/\(package)/Sources")
      for target in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
        let shim = sources.appending(path: "\(target)/shim.h")
        guard let text = try? String(contentsOf: shim, encoding: .utf8) else { continue }
        #expect(text.hasPrefix("#if __has_include(<"), "\(target)")
        let name = try #require(
          text.firstMatch(of: /#error ".+ is missing: install the Debian package ([^,]+), or run/),
          "\(target)")
        named.insert(String(name.1))
      }
    }
    #expect(named == packages && named.count == 8)
  }
}
