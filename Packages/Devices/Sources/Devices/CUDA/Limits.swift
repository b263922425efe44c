import CCUDA
import Foundation

/// The peak rates of a GPU, from its clocks and its architecture; nil where unknown. For Flambeau's
/// own reports.
@_spi(Flambeau) public struct CUDALimits: Sendable {
  /// The memory bandwidth, in bytes per second.
  public let bandwidth: Double?
  /// The floating-point operations per second, with a multiply-add counted as two: of the CUDA
  /// cores (float32), and of the tensor cores without sparsity (TF32 and half precision).
  public let float32: Double?
  public let tf32: Double?
  public let half: Double?

  /// The operations per cycle and multiprocessor, from NVIDIA's architecture white papers, in
  /// agreement with the throughput tables of the CUDA C++ Programming Guide.
  private static let operationsPerCycle: [Int: (float32: Double, tf32: Double?, half: Double)] = [
    70: (128, nil, 1024), 75: (128, nil, 1024), 80: (128, 1024, 2048), 86: (256, 512, 1024),
    89: (256, 512, 1024), 90: (256, 2048, 4096), 100: (256, 4096, 8192), 120: (256, 512, 1024),
  ]

  init(_ gpu: GPU) {
    // Clock rates are in kHz; memory transfers data on both edges of its clock.
    let memoryClock = 1000 * Double(gpu.attribute(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE))
    let busWidth = Double(gpu.attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH))
    let clock = 1000 * Double(gpu.attribute(CU_DEVICE_ATTRIBUTE_CLOCK_RATE))
    let cycles = clock * Double(gpu.multiprocessorCount)
    let rates = cycles > 0 ? Self.operationsPerCycle[gpu.architecture] : nil
    let bandwidth = 2 * memoryClock * busWidth / 8
    self.bandwidth = bandwidth > 0 ? bandwidth : nil
    float32 = rates.map { $0.float32 * cycles }
    tf32 = rates?.tf32.map { $0 * cycles }
    half = rates.map { $0.half * cycles }
  }
}

extension CUDA {
  /// A device's peak rates. Stops the program if there is no such device.
  @_spi(Flambeau) public static func limits(of device: Device = .cuda()) -> CUDALimits {
    CUDALimits(gpu(device))
  }

  /// A device's compute capability and memory, as in `compute capability 9.0, 79.1 GiB`.
  @_spi(Flambeau) public static func summary(of device: Device = .cuda()) -> String {
    let (major, minor) = deviceCapability(device)
    let gibibytes = String(format: "%.1f", Double(memory(of: device).total) / 0x1p30)
    return "compute capability \(major).\(minor), \(gibibytes) GiB"
  }

  /// The versions of NVIDIA's libraries, as in `CUDA 12.9`.
  @_spi(Flambeau) public static func versions(of device: Device = .cuda()) -> [String: String] {
    let gpu = gpu(device)
    gpu.activate()
    var (driver, major, minor, products): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    gpu.check(gpu.driver.cuDriverGetVersion(&driver), "cuDriverGetVersion")
    _ = gpu.libraries.compiler.nvrtcVersion(&major, &minor)
    gpu.withProducts("cublasGetVersion") { gpu.libraries.blas.cublasGetVersion($0, &products) }
    return [
      "driver": "CUDA \(driver / 1000).\(driver % 1000 / 10)", "NVRTC": "\(major).\(minor)",
      "cuBLAS": "\(products / 10000).\(products % 10000 / 100).\(products % 100)",
    ]
  }
}
