/// Declares a stored tensor of a module as a parameter: `torch.nn.Parameter`.
///
///     final class Scale: Module {
///       @Parameter var factor = Tensor.ones([3])
///       @Parameter var shift: Tensor? = nil
///       override func forward(_ x: Tensor) -> Tensor { x * factor }
///     }
///
/// The tensor requires a gradient.
@propertyWrapper
public final class Parameter<Value: TensorHolder> {
  /// The tensor.
  public var wrappedValue: Value {
    didSet { wrappedValue.tensor?.requiresGrad = true }
  }

  /// Makes a tensor a parameter, which requires a gradient.
  ///
  /// - Parameter wrappedValue: the tensor.
  public init(wrappedValue: Value) {
    wrappedValue.tensor?.requiresGrad = true
    self.wrappedValue = wrappedValue
  }
}

/// Declares a stored tensor of a module as a buffer, which is moved and saved with the module but
/// not trained: `torch.nn.Module.register_buffer`.
///
///     final class Decay: Module {
///       @Buffer(persistent: false) var steps: Tensor
///       override init() {
///         super.init()
///         steps = Tensor.arange(8)
///       }
///     }
@propertyWrapper
public final class Buffer<Value: TensorHolder> {
  /// Nil until a buffer that was declared without a value is set.
  private var value: Value?
  /// Whether it is in the state dict.
  public let persistent: Bool

  /// The tensor.
  public var wrappedValue: Value {
    get {
      guard let value else {
        fatalError("Buffer: read before it was set; set it in the module's init")
      }
      return value
    }
    set { value = newValue }
  }

  /// Makes a tensor a buffer.
  ///
  /// - Parameters:
  ///   - wrappedValue: the tensor.
  ///   - persistent: whether it is in the state dict.
  public init(wrappedValue: Value, persistent: Bool = true) {
    self.value = wrappedValue
    self.persistent = persistent
  }

  /// Makes a buffer that is set later, in the module's `init`.
  ///
  /// - Parameter persistent: whether it is in the state dict.
  public init(persistent: Bool) {
    self.persistent = persistent
  }
}

/// The type of a parameter or buffer: a tensor or an optional tensor.
public protocol TensorHolder {
  /// The tensor, if there is one.
  var tensor: Tensor? { get }
  /// A value that holds a tensor.
  static func holding(_ tensor: Tensor) -> Self
}

extension Tensor: TensorHolder {
  /// The tensor that it holds, if any.
  public var tensor: Tensor? { self }
  /// A value that holds a tensor.
  public static func holding(_ tensor: Tensor) -> Tensor { tensor }
}

extension Optional: TensorHolder where Wrapped == Tensor {
  /// The tensor that it holds, if any.
  public var tensor: Tensor? { self }
  /// A value that holds a tensor.
  public static func holding(_ tensor: Tensor) -> Tensor? { tensor }
}

/// A parameter or buffer found in a module's properties.
protocol StoredTensor: AnyObject {
  var tensor: Tensor? { get }
  var isParameter: Bool { get }
  var persistent: Bool { get }
  /// Replaces the tensor.
  func replace(by tensor: Tensor)
}

extension Parameter: StoredTensor {
  var tensor: Tensor? { wrappedValue.tensor }
  var isParameter: Bool { true }
  var persistent: Bool { true }
  func replace(by tensor: Tensor) { wrappedValue = .holding(tensor) }
}

extension Buffer: StoredTensor {
  var tensor: Tensor? { value?.tensor }
  var isParameter: Bool { false }
  func replace(by tensor: Tensor) { wrappedValue = .holding(tensor) }
}
