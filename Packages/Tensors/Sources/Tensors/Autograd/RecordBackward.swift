extension Tensor {
  /// Runs ``backward(gradient:retainGraph:createGraph:)`` and records each step: the gradient that
  /// an operation receives, those that it passes on, and by which formula.
  ///
  ///     let recording = loss.recordBackward(names: model.namedParameters())
  ///     print(recording.text)
  ///
  /// - Parameters:
  ///   - names: the leaves' names, such as a model's named parameters.
  ///   - gradient: as for `backward`.
  ///   - retainGraph: as for `backward`.
  public func recordBackward(
    names: StateDict = [:], gradient: Tensor? = nil, retainGraph: Bool = false
  ) -> BackwardRecording {
    recordBackward(GraphOptions(names: names), gradient: gradient, retainGraph: retainGraph)
  }

  /// For Flambeau's packages only.
  @_spi(Flambeau) public func recordBackward(
    _ options: GraphOptions, gradient: Tensor? = nil, retainGraph: Bool = false
  ) -> BackwardRecording {
    var drawing = GraphDrawing(options)
    let result = drawing.draw(self)
    let recorder = Recorder(drawing.places)
    backward(gradient: gradient, retainGraph: retainGraph, observer: recorder)
    var builder = drawing.builder
    for (place, sum) in recorder.sums {
      builder.update(place) { node in
        node.fields.removeAll { $0.name == "grad" }
        node.fields.append(.init("grad", of: sum))
      }
    }
    let start = ComputationGraph.Field("grad", of: gradient ?? .onesLike(self))
    builder.update(result) { $0.fields.append(start) }
    return BackwardRecording(graph: builder.graph(), result: result, steps: recorder.finished())
  }
}

/// Records the steps of a backward pass.
private final class Recorder: BackwardObserver {
  typealias Field = ComputationGraph.Field
  private let places: [ObjectIdentifier: Int]
  /// The gradient of each node so far.
  private(set) var sums: [Int: Tensor] = [:]
  private var steps: [BackwardRecording.Step] = []
  private var current: (node: Int, gradient: Field)?
  private var contributions: [BackwardRecording.Contribution] = []

  init(_ places: [ObjectIdentifier: Int]) { self.places = places }

  func arrived(_ gradient: Tensor, at node: Node) {
    endStep()
    let place = places[ObjectIdentifier(node)]!
    sums[place] = gradient
    current = (place, Field("grad", of: gradient))
  }

  func handsOn(_ contribution: Tensor, from node: Node, to input: Node, inputNumber: Int) {
    let place = places[ObjectIdentifier(input)]!
    // As in backward itself: reduced to the input's shape, and added to the gradient so far.
    let gradient = noGrad { contribution.reduced(to: input.shape).to(input.dtype) }
    let before = sums[place] ?? (input.isLeaf ? input.grad : nil)
    let sum = noGrad { before.map { $0 + gradient } ?? gradient }
    sums[place] = sum
    contributions.append(
      .init(
        node: place, formula: node.row!.derivative(inputNumber).formula,
        gradient: Field("grad", of: gradient), total: Field("grad", of: sum)))
  }

  func finished() -> [BackwardRecording.Step] {
    endStep()
    return steps
  }

  private func endStep() {
    guard let (node, gradient) = current else { return }
    steps.append(.init(node: node, gradient: gradient, contributions: contributions))
    contributions = []
  }
}
