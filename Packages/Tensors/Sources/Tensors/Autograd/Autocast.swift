@_spi(Flambeau) import Devices
import Synchronization

/// Runs `body` with the dtype of each operation chosen by what it needs, on this thread: `torch.autocast`.
///
/// Matrix products, linear layers, convolutions and recurrences of float32 tensors compute in the smaller dtype;
/// operations that lose too much there compute in float32: losses, products of elements and factors of matrices, and
/// on a GPU, as in PyTorch, `exp`, `softmax`, sums and norms too. Others take what comes. Parameters stay float32, and
/// so do their gradients. Each is converted once within `body`.
///
///     let loss = autocast(.cuda, dtype: .bfloat16) {
///       crossEntropy(model(x), y)
///     }
///     loss.backward()
///
/// With float16, small gradients vanish unless a `GradScaler` keeps them from it.
///
/// - Parameters:
///   - kind: of the devices whose tensors it is about.
///   - dtype: float16 or bfloat16; if nil, float16 on a GPU and bfloat16 on the CPU, as in PyTorch.
///   - enabled: whether it does anything; false switches it off inside of another.
///   - body: what is computed so.
public func autocast<Result>(
  _ kind: DeviceKind = .cuda, dtype: DType? = nil, enabled: Bool = true,
  _ body: () throws -> Result
) rethrows -> Result {
  try withAutocast(enabled ? Autocast(kind: kind, dtype: dtype) : nil, body)
}

/// Runs `body`, which may wait, in the same way, in this task and its child tasks.
@_disfavoredOverload
public func autocast<Result>(
  _ kind: DeviceKind = .cuda, dtype: DType? = nil, enabled: Bool = true,
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  let autocast = enabled ? Autocast(kind: kind, dtype: dtype) : nil
  return try await withAmbient({ $0.autocast = autocast?.pointer }, body)
}

/// Runs `body` with the choices of `autocast`, or without any.
func withAutocast<Result>(_ autocast: Autocast?, _ body: () throws -> Result) rethrows -> Result {
  try withExtendedLifetime(autocast) {
    try withAmbient({ $0.autocast = autocast?.pointer }, body)
  }
}

/// What ``autocast(_:dtype:enabled:_:)`` was asked for.
final class Autocast: Sendable {
  let kind: DeviceKind
  let dtype: DType
  private let converted = Mutex<[ObjectIdentifier: Conversion]>([:])

  /// A parameter that was converted, with its version.
  private struct Conversion {
    let parameter: Tensor
    let version: UInt32
    let result: Tensor
  }

  init(kind: DeviceKind, dtype: DType?) {
    let dtype = dtype ?? (kind == .cpu ? .bfloat16 : .float16)
    guard dtype.isHalf else {
      fatalError("autocast: \(dtype); it must be float16 or bfloat16")
    }
    (self.kind, self.dtype) = (kind, dtype)
  }

  fileprivate var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static var current: Autocast? {
    @inline(__always) get {
      guard let current = AmbientState.autocast else { return nil }
      return Unmanaged<Autocast>.fromOpaque(current).takeUnretainedValue()
    }
  }

  fileprivate func lowered(_ tensor: Tensor) -> Tensor {
    guard tensor.device.kind == kind, tensor.dtype.isFloatingPoint, tensor.dtype != .float64,
      tensor.dtype != dtype
    else { return tensor }
    guard isGradEnabled, tensor.isLeaf, tensor.requiresGrad else { return tensor.to(dtype) }
    let (key, version) = (ObjectIdentifier(tensor), tensor.view.storage.version)
    return converted.withLock { converted in
      if let known = converted[key], known.version == version { return known.result }
      let result = tensor.to(dtype)
      converted[key] = Conversion(parameter: tensor, version: version, result: result)
      return result
    }
  }

  /// Whether an operation that needs precision has it here.
  func grants(_ precision: PrecisionNeed) -> Bool {
    switch precision {
    case .none, .lowered: false
    case .onGPUs: kind != .cpu
    case .everywhere: true
    }
  }
}

/// What autocast does to the inputs of an operation. For Flambeau's packages only.
@_spi(Flambeau)
public enum PrecisionNeed: Sendable {
  /// It takes what comes.
  case none
  /// It computes in float32: PyTorch has a list for GPUs, and a shorter one for all devices.
  case onGPUs, everywhere
  /// It computes in the halves that autocast is for.
  case lowered
}

extension Tensor {
  /// This tensor in the dtype that ``autocast(_:dtype:enabled:_:)`` asks for in products.
  var forProducts: Tensor { Autocast.current?.lowered(self) ?? self }

  /// This tensor in float32 where ``autocast(_:dtype:enabled:_:)`` asks for that; nil where it goes as it is.
  func raised(_ precision: PrecisionNeed) -> Tensor? {
    guard Autocast.current != nil, view.dtype(for: precision) != dtype else { return nil }
    return to(.float32)
  }

  /// This tensor as an operation takes it under ``autocast(_:dtype:enabled:_:)``; nil where it goes as it is.
  func prepared(for operation: Operator) -> Tensor? {
    guard Autocast.current != nil else { return nil }
    if operation.precision != .lowered { return raised(operation.precision) }
    let lowered = forProducts
    return lowered === self ? nil : lowered
  }

  /// This tensor as an operation takes it under ``autocast(_:dtype:enabled:_:)``, which may be as it is.
  func input(of operation: Operator) -> Tensor { prepared(for: operation) ?? self }
}

extension StridedView {
  /// The dtype that an operation computes these elements in.
  func dtype(for precision: PrecisionNeed) -> DType {
    guard dtype.isHalf, let autocast = Autocast.current, autocast.kind == storage.device.kind,
      autocast.grants(precision)
    else { return dtype }
    return .float32
  }
}
