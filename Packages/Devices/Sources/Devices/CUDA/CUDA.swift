import CCUDA
import Synchronization

/// NVIDIA's GPUs: `torch.cuda`.
///
/// NVIDIA's libraries are loaded at run time: the driver, NVRTC, which compiles the kernels for the
/// GPU, and cuBLAS. With `FLAMBEAU_CUDA=simulator` in the environment the CPU simulates a GPU,
/// whose name says so.
public enum CUDA {
  /// Whether tensors can be moved to a CUDA device: `torch.cuda.is_available()`.
  public static var isAvailable: Bool { unavailability == nil }

  /// Why there is no CUDA device, and how to fix it; nil if there is one.
  public static var unavailability: DeviceError? {
    if case .failure(let error) = CUDARuntime.shared { error } else { nil }
  }

  /// The number of CUDA devices: `torch.cuda.device_count()`.
  public static var deviceCount: Int { (try? CUDARuntime.shared.get().devices.count) ?? 0 }

  /// Whether the devices are simulated by the CPU.
  public static var isSimulator: Bool {
    (try? CUDARuntime.shared.get().libraries.isSimulator) ?? false
  }

  /// A device's name, as in `NVIDIA H100 80GB HBM3`: `torch.cuda.get_device_name`. Stops the
  /// program if there is no such device, as do the functions below.
  public static func deviceName(_ device: Device = .cuda()) -> String { gpu(device).name }

  /// A device's compute capability, as in (9, 0): `torch.cuda.get_device_capability`.
  public static func deviceCapability(_ device: Device = .cuda()) -> (major: Int, minor: Int) {
    let architecture = gpu(device).architecture
    return (architecture / 10, architecture % 10)
  }

  /// A device's free and total memory in bytes: `torch.cuda.mem_get_info`.
  public static func memory(of device: Device = .cuda()) -> (free: Int, total: Int) {
    let gpu = gpu(device)
    gpu.activate()
    var (free, total) = (0, 0)
    gpu.check(gpu.driver.cuMemGetInfo(&free, &total), "cuMemGetInfo")
    return (free, total)
  }

  /// Waits until all work on a device is done, and stops the program if any of it failed:
  /// `torch.cuda.synchronize`.
  public static func synchronize(_ device: Device = .cuda()) { gpu(device).synchronize() }

  /// The bytes of a device's memory that tensors use: `torch.cuda.memory_allocated`.
  public static func memoryAllocated(_ device: Device = .cuda()) -> Int {
    gpu(device).memory.statistics.allocated
  }

  /// The peak of the bytes that tensors use: `torch.cuda.max_memory_allocated`.
  public static func maxMemoryAllocated(_ device: Device = .cuda()) -> Int {
    gpu(device).memory.statistics.peak
  }

  /// Resets the peak to the current use: `torch.cuda.reset_peak_memory_stats`.
  public static func resetMaxMemoryAllocated(_ device: Device = .cuda()) {
    gpu(device).memory.resetPeak()
  }

  /// The bytes allocated from the driver, in use or cached: `torch.cuda.memory_reserved`.
  public static func memoryReserved(_ device: Device = .cuda()) -> Int {
    gpu(device).memory.statistics.reserved
  }

  /// Returns cached memory to the driver: `torch.cuda.empty_cache`.
  public static func emptyCache(_ device: Device = .cuda()) {
    let gpu = gpu(device)
    gpu.activate()
    gpu.memory.emptyCache()
  }

  /// Whether a device has hardware matrix products of bfloat16, from compute capability 8.0 on:
  /// `torch.cuda.is_bf16_supported`.
  public static func isBF16Supported(_ device: Device = .cuda()) -> Bool {
    gpu(device).architecture >= 80
  }

  /// Whether float32 matrix products may round their inputs to TF32, with 10 bits of mantissa,
  /// which is several times as fast: `torch.backends.cuda.matmul.allow_tf32`. False by default.
  public static var allowsTF32: Bool {
    get { tf32.load(ordering: .relaxed) }
    set { tf32.store(newValue, ordering: .relaxed) }
  }

  private static let tf32 = Atomic(false)

  /// The GPU of a device. Stops the program if this machine has no such device.
  static func gpu(_ device: Device) -> GPU {
    do {
      return try requiredGPU(device)
    } catch {
      fatalError(error.localizedDescription)
    }
  }

  /// The GPU of a device.
  ///
  /// - Throws: ``DeviceError`` if this machine has no such device.
  static func requiredGPU(_ device: Device) throws(DeviceError) -> GPU {
    let devices = try CUDARuntime.shared.get().devices
    guard device.kind == .cuda, devices.indices.contains(Int(device.index)) else {
      throw .noSuchDevice(device, count: devices.count)
    }
    return devices[Int(device.index)]
  }
}
