import CCUDA
import Foundation
import Synchronization

/// A kernel that a GPU can run.
struct KernelFunction: @unchecked Sendable {
  let name: String
  let handle: CUfunction
}

/// The kernels that a GPU has loaded, each compiled when it is first needed.
final class KernelModules: Sendable {
  private let compiler: KernelCompiler
  private let driver: CUDADriver
  private let functions = Mutex<[String: KernelFunction]>([:])
  private let loaded = Mutex<[String: LoadedModule]>([:])

  init(compiler: KernelCompiler, driver: CUDADriver) {
    (self.compiler, self.driver) = (compiler, driver)
  }

  /// A kernel of a file; the GPU must be the thread's current one.
  ///
  /// - Parameter operation: which of the file's table of operations, if it has one.
  func function(
    _ kernel: String, file: String, element: DType, operation: String? = nil
  ) -> KernelFunction {
    let name = operation.map { "\(kernel)_\($0)_\(element)" } ?? "\(kernel)_\(element)"
    return functions.withLock { functions in
      if let function = functions[name] { return function }
      let function = load(name, file: file, element: element, operation: operation)
      functions[name] = function
      return function
    }
  }

  private func load(
    _ name: String, file: String, element: DType, operation: String?
  ) -> KernelFunction {
    let module = loaded.withLock { loaded in
      let key = "\(file) \(operation ?? "") \(element)"
      if let module = loaded[key] { return module }
      do {
        let module = try compiler.image(
          file: file, element: element, operation: operation, load: loadModule)
        loaded[key] = module
        return module
      } catch {
        fatalError(error.localizedDescription)
      }
    }
    var handle: CUfunction?
    let result = driver.cuModuleGetFunction(&handle, module.handle, name)
    guard result == 0, let handle else {
      fatalError(
        "kernel \(name) of \(file).cu: \(describeDriverError(result, driver))")
    }
    return KernelFunction(name: name, handle: handle)
  }

  private func loadModule(_ image: [UInt8]) -> LoadedModule? {
    var handle: CUmodule?
    // Text must end with a zero, which does not hurt machine code.
    let result = (image + [0]).withUnsafeBytes {
      driver.cuModuleLoadData(&handle, $0.baseAddress)
    }
    return result == 0 ? handle.map(LoadedModule.init) : nil
  }
}

private struct LoadedModule: @unchecked Sendable {
  let handle: CUmodule
}
