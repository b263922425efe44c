/// Makes a stored tensor of a module one of its parameters: `torch.nn.Parameter`.
///
///     final class Scale: Module {
///       @Parameter var factor = Tensor.ones([3])
///       @Parameter var shift: Tensor? = nil
///       override func forward(_ x: Tensor) -> Tensor { x * factor }
///     }
///
/// The tensor requires gradients from then on.
@propertyWrapper
public final class Parameter<Value: ParameterValue> {
  public var wrappedValue: Value {
    didSet { wrappedValue.tensor?.requiresGrad = true }
  }

  public init(wrappedValue: Value) {
    wrappedValue.tensor?.requiresGrad = true
    self.wrappedValue = wrappedValue
  }
}

/// What a parameter can be: a tensor, or none where a layer goes without.
public protocol ParameterValue {
  var tensor: Tensor? { get }
  static func holding(_ tensor: Tensor) -> Self
}

extension Tensor: ParameterValue {
  public var tensor: Tensor? { self }
  public static func holding(_ tensor: Tensor) -> Tensor { tensor }
}

extension Optional: ParameterValue where Wrapped == Tensor {
  public var tensor: Tensor? { self }
  public static func holding(_ tensor: Tensor) -> Tensor? { tensor }
}

/// A parameter of either kind, as a module finds it.
protocol AnyParameter: AnyObject {
  var tensor: Tensor? { get }
  func move(to device: Device)
}

extension Parameter: AnyParameter {
  var tensor: Tensor? { wrappedValue.tensor }

  func move(to device: Device) {
    guard let tensor, tensor.device != device else { return }
    wrappedValue = .holding(tensor.detach().to(device))
  }
}
