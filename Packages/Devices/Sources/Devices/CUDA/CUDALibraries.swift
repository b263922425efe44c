import CCUDA
import Foundation

/// NVIDIA's libraries, opened as the program runs: the driver, the compiler of kernels and cuBLAS.
// Handles and functions of libraries, which any thread may use and nothing changes.
struct CUDALibraries: @unchecked Sendable {
  let driver: CUDADriver
  let compiler: NVRTC
  let blas: CUBLAS
  /// Whether they are Flambeau's simulator.
  let isSimulator: Bool
  /// What the simulator has found wrong, in words.
  let simulatorReport: (@convention(c) () -> UnsafePointer<CChar>)?

  /// Opens them.
  ///
  /// - Throws: ``DeviceError/missingLibrary(_:_:)`` for the first that is not there.
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
    // cuBLAS looks for its other half in the folders of the system only.
    _ = try Self.blasLt.open(environment)
    blas = try Self.functions(Self.blas.open(environment), "cuBLAS", flambeau_find_cublas)
  }

  /// NVRTC alone, which needs no GPU.
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

/// A library that is looked for under several names.
private struct SharedLibrary {
  let title: String
  let names: [String]
  /// Folders in Python's packages that hold it.
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

/// Where NVIDIA's libraries may be: the folders that FLAMBEAU_CUDA_LIBRARIES names, and no others; or else the
/// system's own, a toolkit's, and those of Python's packages.
private struct LibraryFolders {
  let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// - Parameter packages: folders in Python's packages of NVIDIA.
  func all(_ packages: [String]) -> [String] {
    if let named = environment["FLAMBEAU_CUDA_LIBRARIES"] {
      return named.split(separator: ":").map(String.init)
    }
    // The empty folder is where the system looks by itself.
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
