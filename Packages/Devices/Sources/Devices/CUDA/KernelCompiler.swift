import CCUDA
import CUDAKernels
import Foundation

/// Compiles kernel files for a GPU, and caches the results on disk.
struct KernelCompiler: Sendable {
  let compiler: NVRTC
  /// The compute capability, as in 80 for sm_80.
  let architecture: Int
  /// The folder of compiled kernels, or nil if they are not cached.
  let cache: URL?

  /// The folder of compiled kernels in FLAMBEAU_CACHE, or else in the user's cache folder.
  static func cache(_ environment: [String: String]) -> URL? {
    let folder =
      environment["FLAMBEAU_CACHE"] ?? environment["XDG_CACHE_HOME"].map { "\($0)/flambeau" }
      ?? environment["HOME"].map { "\($0)/.cache/flambeau" }
    return folder.map { URL(fileURLWithPath: $0).appending(path: "cuda") }
  }

  /// Loads a file's kernels for an element type, and for one operation if the file has a table of
  /// them, from the cache or else compiled. `load` returns nil for code that the GPU rejects.
  ///
  /// - Throws: ``DeviceError/compilation(_:_:)``.
  func image<Module>(
    file: String, element: DType, operation: String?, load: ([UInt8]) -> Module?
  ) throws(DeviceError) -> Module {
    let options = options(element: element, operation: operation)
    let place = cache?.appending(path: cacheName(file: file, options: options))
    if let place, let stored = CacheEntry.read(place), let module = load(stored) { return module }
    let image = try compile(file: file, options: options).image
    guard let module = load(image) else {
      throw .compilation(file, "the driver rejects the code that NVRTC generated")
    }
    if let place { CacheEntry.write(image, to: place) }
    return module
  }

  /// The target: the GPU's architecture if the compiler supports it, or else PTX for the newest
  /// older one that it supports, which the driver compiles.
  private var target: String {
    var count: Int32 = 0
    _ = compiler.nvrtcGetNumSupportedArchs(&count)
    var known = [Int32](repeating: 0, count: Int(count))
    _ = compiler.nvrtcGetSupportedArchs(&known)
    guard !known.contains(Int32(architecture)), let best = known.filter({ $0 < architecture }).max()
    else { return "sm_\(architecture)" }
    return "compute_\(best)"
  }

  /// The options that a file is compiled with.
  func options(element: DType, operation: String?) -> [String] {
    [
      "--gpu-architecture=\(target)", "--std=c++17",
      "--device-as-default-execution-space", "-DELEMENT=\(element)",
    ] + (operation.map { ["-DOPERATION=\($0)"] } ?? [])
  }

  /// A name that is unique to the sources, options and compiler version.
  private func cacheName(file: String, options: [String]) -> String {
    var (major, minor): (Int32, Int32) = (0, 0)
    _ = compiler.nvrtcVersion(&major, &minor)
    var hash = Checksum()
    for part in [file, "\(major).\(minor)"] + options { hash.add(Array(part.utf8) + [0]) }
    hash.add(KernelSource.checksum.utf8)
    return "\(file)-\(hash.text).cubin"
  }

  /// Compiles a file, and returns its machine code, or PTX, and the compiler's log.
  ///
  /// - Throws: ``DeviceError/compilation(_:_:)``.
  func compile(
    file: String, options: [String]
  ) throws(DeviceError) -> (image: [UInt8], log: String) {
    guard let source = KernelSource.all.first(where: { $0.name == "\(file).cu" }) else {
      throw .compilation(file, "there is no such kernel file")
    }
    let headers = KernelSource.all.filter { !$0.name.hasSuffix(".cu") }
    var program: nvrtcProgram?
    var result = withCStrings(headers.map(\.text)) { texts in
      withCStrings(headers.map(\.name)) { names in
        compiler.nvrtcCreateProgram(
          &program, source.text, source.name, Int32(headers.count), texts, names)
      }
    }
    defer { _ = compiler.nvrtcDestroyProgram(&program) }
    if result == 0 {
      result = withCStrings(options) {
        compiler.nvrtcCompileProgram(program, Int32(options.count), $0)
      }
    }
    guard result == 0 else { throw .compilation(source.name, log(of: program)) }
    var size = 0
    let isText = options.contains { $0.contains("=compute_") }
    _ = (isText ? compiler.nvrtcGetPTXSize : compiler.nvrtcGetCUBINSize)(program, &size)
    var image = [CChar](repeating: 0, count: size)
    _ = (isText ? compiler.nvrtcGetPTX : compiler.nvrtcGetCUBIN)(program, &image)
    return (image.map { UInt8(bitPattern: $0) }, log(of: program))
  }

  /// The compiler's log for a program.
  private func log(of program: nvrtcProgram?) -> String {
    var size = 0
    guard program != nil, compiler.nvrtcGetProgramLogSize(program, &size) == 0 else {
      return "NVRTC failed without a message"
    }
    var text = [CChar](repeating: 0, count: size)
    _ = compiler.nvrtcGetProgramLog(program, &text)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A source file of the kernels.
struct KernelSource: Sendable {
  let name: String
  let text: String

  /// All source files: those with kernels (.cu) and those that they include.
  static let all: [KernelSource] = {
    let (names, texts) = (flambeau_kernel_file_names(), flambeau_kernel_file_texts())
    var sources: [KernelSource] = []
    while let name = names[sources.count], let text = texts[sources.count] {
      sources.append(KernelSource(name: String(cString: name), text: String(cString: text)))
    }
    return sources
  }()

  /// The checksum of all source files, computed once.
  static let checksum: String = {
    var hash = Checksum()
    for source in all { hash.add(Array(source.text.utf8) + [0]) }
    return hash.text
  }()
}

/// Calls `body` with an array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer {
    body($0.baseAddress!)
  }
}
