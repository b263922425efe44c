import Foundation
import Testing

/// A Python environment in the build folder with a package from PyPI, installed once.
///
/// - Parameters:
///   - package: requirement for pip, such as `tensorboard==2.21.0`.
///   - path: a file of the package, in the environment's folder of packages.
/// - Returns: the environment's folder.
func pythonEnvironment(_ name: String, package: String, holding path: String) async throws -> URL {
  try await PythonEnvironments.shared.environment(name, package: package, holding: path)
}

/// Tests run at once, and two that make the same environment would disturb each other.
private actor PythonEnvironments {
  static let shared = PythonEnvironments()
  private var environments: [String: Task<URL, any Error>] = [:]

  func environment(
    _ name: String, package: String, holding path: String
  ) async throws -> URL {
    let known = environments[name] ?? Task { try await Self.make(name, package, path) }
    environments[name] = known
    return try await known.value
  }

  private static func make(_ name: String, _ package: String, _ path: String) async throws -> URL {
    let venv = Repository.root.appending(path: ".build/\(name)-venv")
    if try sitePackages(of: venv).contains(where: {
      FileManager.default.fileExists(atPath: $0.appending(path: path).path)
    }) {
      return venv
    }
    for command in [
      ["python3", "-m", "venv", venv.path],
      [venv.appending(path: "bin/python").path, "-m", "pip", "install", "--quiet", package],
    ] {
      let result = try await run(command: command, in: Repository.root)
      try #require(result.status == 0, "\(command): \(result.errors)")
    }
    return venv
  }
}

/// The folders of an environment's packages: one for each version of Python.
func sitePackages(of venv: URL) throws -> [URL] {
  let lib = venv.appending(path: "lib")
  return ((try? FileManager.default.contentsOfDirectory(atPath: lib.path)) ?? []).map {
    lib.appending(path: "\($0)/site-packages")
  }
}
