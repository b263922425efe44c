@_spi(Flambeau) import Devices
import Synchronization

/// Runs `body` in mixed precision, on this thread: `torch.autocast`.
///
/// Matrix products, linear layers, convolutions and recurrences of float32 tensors compute in half
/// precision; operations that would lose too much accuracy compute in float32: losses, products of
/// elements and matrix factorizations, and on a GPU, as in PyTorch, `exp`, `softmax`, sums and
/// norms too. Others use the dtypes of their inputs. Parameters and their gradients stay float32;
/// each parameter is converted once within `body`.
///
///     let loss = autocast(.cuda, dtype: .bfloat16) {
///       crossEntropy(model(x), y)
///     }
///     loss.backward()
///
/// With float16, small gradients underflow unless a `GradScaler` scales the loss.
///
/// - Parameters:
///   - kind: the kind of device whose tensors it applies to.
///   - dtype: float16 or bfloat16; if nil, float16 on a GPU and bfloat16 on the CPU, as in PyTorch.
///   - enabled: whether autocast is on; false turns it off inside another.
///   - body: the computation.
public func autocast<Result>(
  _ kind: DeviceKind = .cuda, dtype: DType? = nil, enabled: Bool = true,
  _ body: () throws -> Result
) rethrows -> Result {
  try withAutocast(enabled ? Autocast(kind: kind, dtype: dtype) : nil, body)
}

/// Runs an asynchronous `body` in the same way, in this task and its child tasks.
@_disfavoredOverload
public func autocast<Result>(
  _ kind: DeviceKind = .cuda, dtype: DType? = nil, enabled: Bool = true,
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
  let autocast = enabled ? Autocast(kind: kind, dtype: dtype) : nil
  return try await withAmbient({ $0.autocast = autocast?.pointer }, body)
}

/// Runs `body` under the given autocast, or with autocast off.
func withAutocast<Result>(_ autocast: Autocast?, _ body: () throws -> Result) rethrows -> Result {
  try withExtendedLifetime(autocast) {
    try withAmbient({ $0.autocast = autocast?.pointer }, body)
  }
}

/// The settings of ``autocast(_:dtype:enabled:_:)``, with the parameters converted so far.
final class Autocast: Sendable {
  let kind: DeviceKind
  let dtype: DType
  private let converted = Mutex<[ObjectIdentifier: Conversion]>([:])

  /// A converted parameter, with its version at that time.
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

  /// Whether operations with this need compute in float32 here.
  func grants(_ precision: AutocastPolicy) -> Bool {
    switch precision {
    case .none, .lowered: false
    case .onGPUs: kind != .cpu
    case .everywhere: true
    }
  }
}

/// What autocast does to the inputs of an operation. For Flambeau's packages only.
@_spi(Flambeau)
public enum AutocastPolicy: Sendable {
  /// They are left as they are.
  case none
  /// They are converted to float32: PyTorch has a list for GPUs, and a shorter one for all devices.
  case onGPUs, everywhere
  /// They are converted to autocast's half-precision dtype.
  case lowered
}

extension Tensor {
  /// This tensor in the dtype that ``autocast(_:dtype:enabled:_:)`` prescribes for products.
  var forProducts: Tensor { Autocast.current?.lowered(self) ?? self }

  /// This tensor in float32 where ``autocast(_:dtype:enabled:_:)`` prescribes it; nil where it is
  /// used as it is.
  func raised(_ precision: AutocastPolicy) -> Tensor? {
    guard Autocast.current != nil, view.dtype(for: precision) != dtype else { return nil }
    return to(.float32)
  }

  /// This tensor converted for an operation under ``autocast(_:dtype:enabled:_:)``; nil where it is
  /// used as it is.
  func prepared(for operation: Operator) -> Tensor? {
    guard Autocast.current != nil else { return nil }
    if operation.precision != .lowered { return raised(operation.precision) }
    let lowered = forProducts
    return lowered === self ? nil : lowered
  }

  /// This tensor, converted for an operation under ``autocast(_:dtype:enabled:_:)`` where needed.
  func input(of operation: Operator) -> Tensor { prepared(for: operation) ?? self }
}

extension StridedView {
  /// The dtype that an operation computes these elements in.
  func dtype(for precision: AutocastPolicy) -> DType {
    guard dtype.isHalf, let autocast = Autocast.current, autocast.kind == storage.device.kind,
      autocast.grants(precision)
    else { return dtype }
    return .float32
  }
}
