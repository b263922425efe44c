@_exported @_spi(Flambeau) import Graphs

extension Value {
  /// The history of this value as a graph: a box for each value, with its number and gradient, and
  /// a rounded box for the operation that computed it.
  public func graph() -> ComputationGraph { drawn().graph }

  /// Runs ``backward()`` and records each step: the gradient of an operation's output, those that
  /// it passes on to its inputs, and the formulas.
  ///
  ///     let recording = loss.recordBackward()
  ///     print(recording.text)
  public func recordBackward() -> BackwardRecording {
    let (drawing, places) = drawn()
    let names = drawing.names.map { $0.contains(" ") ? "(\($0))" : $0 }
    func name(_ value: Value) -> String { names[places[ObjectIdentifier(value)]!] }
    var steps: [BackwardRecording.Step] = []
    var latest: Value?
    var contributions: [BackwardRecording.Contribution] = []
    func endStep() {
      guard let y = latest else { return }
      steps.append(
        // The node of the operation precedes that of its value.
        .init(
          node: places[ObjectIdentifier(y)]! - 1, gradient: .init("grad", y.grad),
          contributions: contributions))
      contributions = []
    }
    backward { y, input, gradient in
      if latest !== y { endStep() }
      latest = y
      contributions.append(
        .init(
          node: places[ObjectIdentifier(input)]!,
          formula: y.formula(forInput: contributions.count, name),
          gradient: .init("grad", gradient), total: .init("grad", input.grad)))
    }
    endStep()
    return BackwardRecording(
      graph: graph(), result: places[ObjectIdentifier(self)]!, steps: steps)
  }

  /// The derivative with respect to an input in names and as a number, `∂y/∂a = b = 3`.
  private func formula(forInput index: Int, _ name: (Value) -> String) -> String {
    var inputs: [Value] = []
    forEachInput { inputs.append($0) }
    let (a, b) = (inputs[0], inputs.last!)
    let gradients = operation.gradients(a.data, b.data, data)
    let number = ComputationGraph.Field("", index == 0 ? gradients.0 : gradients.1).text
    let formula = operation.formulas(name(a), name(b), name(self))[index]
    return "∂\(name(self))/∂\(name(inputs[index])) = \(formula)"
      + (formula == number ? "" : " = \(number)")
  }

  private func drawn() -> (graph: ComputationGraph, places: [ObjectIdentifier: Int]) {
    var history: [Value] = []
    walkBack(reach: { _ in }, visit: { history.append($0) })

    var builder = ComputationGraph.Builder()
    var places: [ObjectIdentifier: Int] = [:]
    for value in history.reversed() {
      let kind: ComputationGraph.Kind = value.operation == .given ? .parameter : .value
      let node = ComputationGraph.Node(
        kind, label: value.label,
        fields: [.init("data", value.data), .init("grad", value.grad)])
      if value.operation == .given {
        places[ObjectIdentifier(value)] = builder.add(node)
      } else {
        let operation = builder.add(.init(.operation, label: value.operation.rawValue))
        value.forEachInput { builder.connect(places[ObjectIdentifier($0)]!, to: operation) }
        let place = builder.add(node)
        builder.connect(operation, to: place)
        places[ObjectIdentifier(value)] = place
      }
    }
    return (builder.graph(), places)
  }
}
