/// A scalar that records how it was computed.
///
/// Write arithmetic with values, and each result keeps what it was computed from. Then
/// ``backward()`` walks that history from the result to its beginnings and leaves in every
/// ``grad`` how fast the result changes with that value:
///
///     let a: Value = 2, b: Value = 3
///     let c = a * b + a.tanh()
///     c.backward()
///     print(a.grad)  // ∂c/∂a = b + 1 - tanh²(a)
///
/// A value belongs to one thread at a time.
public final class Value {
  /// The number itself.
  @exclusivity(unchecked) public var data: Double

  /// The derivative of the value that ``backward()`` was called on, with respect to this one.
  ///
  /// Where a value was given rather than computed, it adds up over several calls, until it is set
  /// to zero.
  @exclusivity(unchecked) public var grad = 0.0

  /// A name for drawings.
  public var label = ""

  /// What computed this value.
  let operation: Operation

  /// What it was computed from: nothing, one value or two. Counted by hand, because Swift would
  /// count again at each step of a walk, and that would take most of the time.
  @exclusivity(unchecked) private var inputs: (Unmanaged<Value>?, Unmanaged<Value>?)

  /// How many of the values computed from this one a walk has yet to visit.
  @exclusivity(unchecked) var consumersToVisit: Int32 = 0

  init(_ data: Double, _ operation: Operation, _ a: Value?, _ b: Value?) {
    self.data = data
    self.operation = operation
    inputs = (a.map(Unmanaged.passRetained), b.map(Unmanaged.passRetained))
  }

  /// A value that is given, the start of a history.
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

  /// Calls `body` with both inputs, if there are any; operations of one input have no second.
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

  /// Releases the history in a loop. If each value released its inputs, and they theirs, it would
  /// go one stack frame deeper for each, and a long history would overflow the stack.
  deinit {
    guard inputs.0 != nil else { return }
    var unused: [Value] = []
    releaseInputs(into: &unused)
    while let value = unused.popLast() {
      value.releaseInputs(into: &unused)
    }
  }

  /// Lets go of the inputs; those that nothing else holds and that have inputs go to `unused`.
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
