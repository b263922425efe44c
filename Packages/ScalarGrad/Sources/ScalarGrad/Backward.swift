extension Value {
  /// Fills in ``grad`` of everything that this value was computed from.
  ///
  /// The chain rule: if `y` was computed from `a`, and the result changes by `y.grad` for each unit
  /// that `y` changes, then through `y` it changes by `y.grad · ∂y/∂a` for each unit of `a`.
  public func backward() {
    backward { _, _, _ in }
  }

  /// The same, and calls `handsOn` with each gradient that a value hands on to one of its inputs.
  @inline(__always)
  func backward(_ handsOn: (_ y: Value, _ input: Value, _ gradient: Double) -> Void) {
    walkBack(
      reach: { value in
        if value.operation != .given { value.grad = 0 }
      },
      visit: { y in
        if y === self { y.grad += 1 }
        y.withInputs { a, b in
          let gradients = y.operation.gradients(a.data, b?.data ?? 0, y.data)
          a.grad += y.grad * gradients.0
          handsOn(y, a, y.grad * gradients.0)
          if let b {
            b.grad += y.grad * gradients.1
            handsOn(y, b, y.grad * gradients.1)
          }
        }
      })
  }

  /// Visits this value and all that it was computed from, each one after everything that was
  /// computed from it. Before that, each is reached once.
  ///
  /// It loops over a stack of its own, so that a history may be as long as memory allows.
  @inline(__always)
  func walkBack(reach: (Value) -> Void, visit: (Value) -> Void) {
    var stack = [Unmanaged.passUnretained(self)]
    reach(self)
    while let value = stack.popLast() {
      value._withUnsafeGuaranteedRef {
        $0.forEachInput { input in
          if input.consumersToVisit == 0 {
            reach(input)
            if input.operation != .given { stack.append(.passUnretained(input)) }
          }
          input.consumersToVisit += 1
        }
      }
    }
    stack.append(.passUnretained(self))
    while let value = stack.popLast() {
      value._withUnsafeGuaranteedRef {
        visit($0)
        $0.forEachInput { input in
          input.consumersToVisit -= 1
          if input.consumersToVisit == 0 { stack.append(.passUnretained(input)) }
        }
      }
    }
  }
}

/// The derivatives of `result` with respect to each of `inputs`, as values that can be
/// differentiated again. It leaves every ``Value/grad`` as it is.
///
/// Follows `torch.autograd.grad` with `create_graph=True`; where the result does not depend on an
/// input, the derivative is 0.
public func grad(of result: Value, withRespectTo inputs: [Value]) -> [Value] {
  var gradients: [ObjectIdentifier: Value] = [ObjectIdentifier(result): 1]
  func add(_ gradient: Value, to value: Value) {
    let key = ObjectIdentifier(value)
    gradients[key] = gradients[key].map { $0 + gradient } ?? gradient
  }
  result.walkBack(
    reach: { _ in },
    visit: { y in
      guard let gradient = gradients[ObjectIdentifier(y)] else { return }
      y.withInputs { a, b in
        let gradients = y.operation.gradients(a, b ?? 0, y)
        add(gradient * gradients.0, to: a)
        if let b { add(gradient * gradients.1, to: b) }
      }
    })
  return inputs.map { gradients[ObjectIdentifier($0)] ?? 0 }
}

/// The derivative of `result` with respect to `input`, as a value that can be differentiated again:
///
///     let x: Value = 2
///     let slope = grad(of: x ** 3, withRespectTo: x)          // 3x²
///     let curvature = grad(of: slope, withRespectTo: x)       // 6x
public func grad(of result: Value, withRespectTo input: Value) -> Value {
  grad(of: result, withRespectTo: [input])[0]
}
