import CCUDA
import Foundation
import Synchronization

/// A kernel that a GPU can run.
// The driver accepts its handles from any thread.
struct KernelFunction: @unchecked Sendable {
  let name: String
  let handle: CUfunction
}

/// The kernels that a GPU has loaded, each compiled on first use.
final class KernelModules: Sendable {
  private let compiler: KernelCompiler
  private let driver: CUDADriver
  private let functions = Mutex<[Key: KernelFunction]>([:])
  private let loaded = Mutex<[String: LoadedModule]>([:])

  init(compiler: KernelCompiler, driver: CUDADriver) {
    (self.compiler, self.driver) = (compiler, driver)
  }

  /// The identity of a kernel, without the cost of building a string for each launch.
  private struct Key: Hashable {
    let kernel: UInt
    let element: UInt8
    let operation: UInt8?

    init(_ kernel: StaticString, _ element: DType, _ operation: UInt8?) {
      self.kernel = UInt(bitPattern: kernel.utf8Start)
      self.element = element.rawValue
      self.operation = operation
    }
  }

  /// A kernel of a file; the GPU must be the thread's current one.
  func function(_ kernel: StaticString, file: StaticString, element: DType) -> KernelFunction {
    function(Key(kernel, element, nil)) {
      load("\(kernel)_\(element)", file: "\(file)", element: element, operation: nil)
    }
  }

  /// A kernel for one operation of a file's table.
  func function(
    _ kernel: StaticString, file: StaticString, element: DType,
    operation: some RawRepresentable<UInt8> & CustomStringConvertible
  ) -> KernelFunction {
    function(Key(kernel, element, operation.rawValue)) {
      load(
        "\(kernel)_\(operation)_\(element)", file: "\(file)", element: element,
        operation: "\(operation)")
    }
  }

  private func function(_ key: Key, _ load: () -> KernelFunction) -> KernelFunction {
    if let function = functions.withLock({ $0[key] }) { return function }
    let function = load()
    functions.withLock { $0[key] = function }
    return function
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
    // PTX must be null-terminated; a trailing null does not hurt machine code.
    let result = (image + [0]).withUnsafeBytes {
      driver.cuModuleLoadData(&handle, $0.baseAddress)
    }
    return result == 0 ? handle.map(LoadedModule.init) : nil
  }
}

// The driver accepts its handles from any thread.
private struct LoadedModule: @unchecked Sendable {
  let handle: CUmodule
}
