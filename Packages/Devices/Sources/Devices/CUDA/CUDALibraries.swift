import CCUDA
import Foundation

/// NVIDIA's libraries, loaded at run time: the driver, NVRTC and cuBLAS.
// Immutable handles and function pointers, which any thread may use.
struct CUDALibraries: @unchecked Sendable {
  let driver: CUDADriver
  let compiler: NVRTC
  let blas: CUBLAS
  /// Whether Flambeau's simulator takes their place.
  let isSimulator: Bool
  /// The simulator's description of the last error.
  let simulatorReport: (@convention(c) () -> UnsafePointer<CChar>)?

  /// Loads the libraries.
  ///
  /// - Throws: ``DeviceError/missingLibrary(_:_:)`` for the first one that is missing.
  init(environment: [String: String]) throws(DeviceError) {
    isSimulator = environment["FLAMBEAU_CUDA"] == "simulator"
    if isSimulator {
      let library = try Self.simulator.open(environment)
      driver = try Self.functions(library, "the simulator", flambeau_find_driver)
      compiler = try Self.functions(library, "the simulator", flambeau_find_nvrtc)
      blas = try Self.functions(library, "the simulator", flambeau_find_cublas)
      simulatorReport = dlsym(library, "flambeau_simulator_report").map {
        unsafeBitCast($0, to: (@convention(c) () -> UnsafePointer<CChar>).self)
      }
      return
    }
    simulatorReport = nil
    driver = try Self.functions(
      Self.driver.open(environment), "the NVIDIA driver", flambeau_find_driver)
    compiler = try Self.openCompiler(environment)
    // cuBLAS searches for cuBLASLt only in the system's folders, so load it first.
    _ = try Self.blasLt.open(environment)
    blas = try Self.functions(Self.blas.open(environment), "cuBLAS", flambeau_find_cublas)
  }

  /// Loads NVRTC alone, which needs no GPU.
  static func openCompiler(_ environment: [String: String]) throws(DeviceError) -> NVRTC {
    try functions(compiler.open(environment), "NVRTC", flambeau_find_nvrtc)
  }

  private static func functions<Functions>(
    _ library: UnsafeMutableRawPointer, _ name: String,
    _ find: (UnsafeMutableRawPointer, UnsafeMutablePointer<Functions>) -> UnsafePointer<CChar>?
  ) throws(DeviceError) -> Functions {
    let functions = UnsafeMutablePointer<Functions>.allocate(capacity: 1)
    defer { functions.deallocate() }
    if let missing = find(library, functions) {
      throw .missingLibrary(
        name, "it is too old, and has no \(String(cString: missing)): install a newer one")
    }
    return functions.pointee
  }
}

/// A library that is searched for under several names.
private struct SharedLibrary {
  let title: String
  let names: [String]
  /// The folders of NVIDIA's Python packages that contain it.
  var packages: [String] = []
  /// How to install it.
  let mend: String

  /// - Throws: ``DeviceError/missingLibrary(_:_:)``.
  func open(_ environment: [String: String]) throws(DeviceError) -> UnsafeMutableRawPointer {
    let folders = LibraryFolders(environment).all(packages)
    for folder in folders {
      for name in names {
        if let library = dlopen(folder.isEmpty ? name : "\(folder)/\(name)", RTLD_NOW | RTLD_GLOBAL)
        {
          return library
        }
      }
    }
    throw .missingLibrary(title, "no \(names[0]) was found: \(mend)")
  }
}

extension CUDALibraries {
  fileprivate static let simulator = SharedLibrary(
    title: "the simulator", names: ["libCUDASimulator.so", "libCUDASimulator.dylib"],
    mend: "let your target depend on the product CUDASimulator of the package Flambeau, or set "
      + "FLAMBEAU_CUDA_LIBRARIES to the folder that has it")
  fileprivate static let driver = SharedLibrary(
    title: "the NVIDIA driver", names: ["libcuda.so.1"],
    mend: "install the driver of the GPU, as nvidia-driver is called in Debian and Ubuntu; "
      + "nvidia-smi shows whether it works")
  fileprivate static let compiler = SharedLibrary(
    title: "NVRTC", names: ["libnvrtc.so.12", "libnvrtc.so.13", "libnvrtc.so"],
    packages: ["cuda_nvrtc", "cu13"],
    mend: "pip install nvidia-cuda-nvrtc-cu12, or install the CUDA toolkit and set CUDA_HOME")
  fileprivate static let blasLt = SharedLibrary(
    title: "cuBLAS", names: ["libcublasLt.so.12", "libcublasLt.so.13", "libcublasLt.so"],
    packages: ["cublas", "cu13"],
    mend: "pip install nvidia-cublas-cu12, or install the CUDA toolkit and set CUDA_HOME")
  fileprivate static let blas = SharedLibrary(
    title: "cuBLAS", names: ["libcublas.so.12", "libcublas.so.13", "libcublas.so"],
    packages: ["cublas", "cu13"],
    mend: "pip install nvidia-cublas-cu12, or install the CUDA toolkit and set CUDA_HOME")
}

/// The folders to search for NVIDIA's libraries: only those in FLAMBEAU_CUDA_LIBRARIES if it is
/// set; else the system's, the program's own, a toolkit's, and those of Python packages.
private struct LibraryFolders {
  let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// - Parameter packages: the folders of NVIDIA's Python packages.
  func all(_ packages: [String]) -> [String] {
    if let named = environment["FLAMBEAU_CUDA_LIBRARIES"] {
      return named.split(separator: ":").map(String.init)
    }
    // The empty path stands for the system's own search.
    return ["", besideProgram] + toolkits
      + sitePackages.flatMap { site in
        packages.map { "\(site)/nvidia/\($0)/lib" }
      } + ["/usr/lib/wsl/lib"]
  }

  private var besideProgram: String {
    URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent().path
  }

  private var toolkits: [String] {
    ["CUDA_HOME", "CUDA_PATH"].compactMap { environment[$0] }.appending("/usr/local/cuda").flatMap {
      ["\($0)/lib64", "\($0)/lib", "\($0)/targets/x86_64-linux/lib"]
    }
  }

  private var sitePackages: [String] {
    let roots =
      ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
      + [
        environment["HOME"].map { "\($0)/.local" }, "/usr/local", "/usr",
      ].compactMap(\.self)
    return roots.flatMap { root in
      let folder = "\(root)/lib"
      let pythons = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasPrefix("python3") }.sorted(by: >)
      return pythons.flatMap { ["\(folder)/\($0)/site-packages", "\(folder)/\($0)/dist-packages"] }
    }
  }
}

extension Array {
  fileprivate func appending(_ element: Element) -> [Element] { self + [element] }
}
