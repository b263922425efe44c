extension Value {
  /// Computes the ``grad`` of this value and of all values that it was computed from.
  ///
  /// The chain rule: if `y` was computed from `a`, and the result changes by `y.grad` for each unit
  /// that `y` changes, then through `y` it changes by `y.grad · ∂y/∂a` for each unit of `a`.
  public func backward() {
    backward { _, _, _ in }
  }

  /// As ``backward()``, and calls `handsOn` with each gradient that a value passes on to an input.
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

  /// Visits this value and all values that it was computed from, in topological order, after
  /// calling `reach` once with each.
  ///
  /// It uses an explicit stack, so that the length of a history is limited only by memory.
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
/// differentiated again: `torch.autograd.grad` with `create_graph=True`.
///
/// It does not change any ``Value/grad``. The derivative is 0 if the result does not depend on an
/// input.
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
