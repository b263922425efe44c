/// A scalar that remembers how it was computed.
///
/// The result of arithmetic on values keeps references to its inputs. ``backward()`` walks this
/// history from the result to its leaves and sets every ``grad`` to the derivative of the result
/// with respect to that value:
///
///     let a: Value = 2, b: Value = 3
///     let c = a * b + a.tanh()
///     c.backward()
///     print(a.grad)  // ∂c/∂a = b + 1 - tanh²(a)
///
/// A value must not be used by several threads at a time.
public final class Value {
  /// The number.
  @exclusivity(unchecked) public var data: Double

  /// The derivative of the value that ``backward()`` was called on, with respect to this one.
  ///
  /// In a leaf, which was given rather than computed, it accumulates over several calls, until it
  /// is set to 0.
  @exclusivity(unchecked) public var grad = 0.0

  /// A name for drawings.
  public var label = ""

  /// The operation that computed this value.
  let operation: Operation

  /// Its inputs: none, one or two. They are retained and released manually, since Swift's reference
  /// counting at each step of a walk would take most of the time.
  @exclusivity(unchecked) private var inputs: (Unmanaged<Value>?, Unmanaged<Value>?)

  /// The number of values computed from this one that a walk has yet to visit.
  @exclusivity(unchecked) var consumersToVisit: Int32 = 0

  init(_ data: Double, _ operation: Operation, _ a: Value?, _ b: Value?) {
    self.data = data
    self.operation = operation
    inputs = (a.map(Unmanaged.passRetained), b.map(Unmanaged.passRetained))
  }

  /// Creates a leaf, the start of a history.
  public convenience init(_ data: Double, label: String = "") {
    self.init(data, .given, nil, nil)
    self.label = label
  }

  /// Calls `body` with each input.
  @inline(__always)
  func forEachInput(_ body: (Value) -> Void) {
    inputs.0?._withUnsafeGuaranteedRef(body)
    inputs.1?._withUnsafeGuaranteedRef(body)
  }

  /// Calls `body` with the inputs, if there are any; the second is nil for unary operations.
  @inline(__always)
  func withInputs(_ body: (Value, Value?) -> Void) {
    guard let a = inputs.0 else { return }
    a._withUnsafeGuaranteedRef { a in
      if let b = inputs.1 {
        b._withUnsafeGuaranteedRef { body(a, $0) }
      } else {
        body(a, nil)
      }
    }
  }

  /// Releases the history in a loop, since the recursive release of a long history would overflow
  /// the stack.
  deinit {
    guard inputs.0 != nil else { return }
    var unused: [Value] = []
    releaseInputs(into: &unused)
    while let value = unused.popLast() {
      value.releaseInputs(into: &unused)
    }
  }

  /// Releases the inputs, and appends those with inputs and no other references to `unused`.
  @inline(__always)
  private func releaseInputs(into unused: inout [Value]) {
    func release(_ input: Unmanaged<Value>?) {
      guard var value = input?.takeRetainedValue() else { return }
      if value.inputs.0 != nil, isKnownUniquelyReferenced(&value) { unused.append(value) }
    }
    release(inputs.0)
    release(inputs.1)
    inputs = (nil, nil)
  }
}

extension Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public convenience init(floatLiteral literal: Double) { self.init(literal) }
  public convenience init(integerLiteral literal: Int) { self.init(Double(literal)) }
}

extension Value: CustomStringConvertible {
  public var description: String {
    (label.isEmpty ? "" : "\(label): ") + "Value(data: \(data), grad: \(grad))"
  }
}
