@_spi(Flambeau) import Tensors

extension Tensor {
  /// As `graph(names:)`, with the model's modules as frames and the names of its parameters,
  /// including those that get no gradient, with the reason.
  public func graph(of model: Module) -> ComputationGraph {
    let graph = self.graph(model.graphOptions)
    let missing = model.missingGradients(for: self)
    if missing.isEmpty { return graph }
    return graph.adding(
      missing.map { name, reason in
        ComputationGraph.Node(
          .parameter, label: name, fields: [.init("why", reason)], mark: .detached)
      })
  }

  /// As `recordBackward(names:gradient:retainGraph:)`, with the model's modules as frames and the
  /// names of its parameters.
  public func recordBackward(
    of model: Module, gradient: Tensor? = nil, retainGraph: Bool = false
  ) -> BackwardRecording {
    recordBackward(model.graphOptions, gradient: gradient, retainGraph: retainGraph)
  }
}

extension Module {
  /// The model as a graph: its modules, with their arguments, as nested frames, and the shapes of
  /// the tensors between them. The model runs once, in evaluation mode.
  ///
  ///     try model.graph(Tensor.zeros([1, 1, 28, 28])).render(to: "model.svg")
  ///
  /// - Parameters:
  ///   - input: the input, named `input` in the graph.
  ///   - depth: the depth of frames to draw, 0 for the model as one node; by default down to
  ///     modules without submodules, and attention.
  ///   - foldingRepeats: whether identical consecutive blocks are drawn once, as `× 12`.
  public func graph(
    _ input: Tensor, depth: Int? = nil, foldingRepeats: Bool = true
  ) -> ComputationGraph {
    graph(inputs: ["input": input], depth: depth, foldingRepeats: foldingRepeats) {
      self($0[0])
    }
  }

  /// As ``graph(_:depth:foldingRepeats:)``, for a model with several inputs:
  /// `model.graph(inputs: ["source": x, "target": y]) { model($0[0], $0[1]) }`.
  public func graph(
    inputs: KeyValuePairs<String, Tensor>, depth: Int? = nil, foldingRepeats: Bool = true,
    _ body: ([Tensor]) -> Tensor
  ) -> ComputationGraph {
    // Floating-point inputs are traced through autograd; hooks find the modules that take the
    // others.
    let tensors = inputs.map { name, tensor in
      let own = tensor.detach()
      own.requiresGrad = own.dtype.isFloatingPoint
      return (name: name, tensor: own)
    }
    var taken: [(name: String, tensor: Tensor, scope: UnsafeRawPointer)] = []
    let handles = modules().map { module in
      module.registerForwardPreHook { module, given in
        for (name, tensor) in tensors
        where !tensor.requiresGrad && given.contains(where: { $0 as? Tensor === tensor }) {
          taken.append(
            (name, tensor, UnsafeRawPointer(Unmanaged.passUnretained(module).toOpaque())))
        }
        return nil
      }
    }
    let frozen = parameters().filter { !$0.requiresGrad }
    for parameter in frozen { parameter.requiresGrad = true }
    defer {
      for handle in handles { handle.remove() }
      for parameter in frozen { parameter.requiresGrad = false }
    }
    let output = inEvaluation { enableGrad { body(tensors.map(\.tensor)) } }
    var options = graphOptions
    options.names = StateDict(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
    options.namesAreParameters = false
    options.showsValues = false
    options.resultLabel = "output"
    options.labelsEdges = true
    options.inputs = taken
    let whole = output.graph(options)
      .filtered { $0.kind != .parameter || !$0.label.isEmpty }
    // Attention is drawn as one node, although it has a submodule.
    let isWhole = { (module: Module) in
      module.namedChildren().isEmpty || module is MultiheadAttention
    }
    let leaves = Set(namedModules().filter { isWhole($0.module) }.map(\.name))
    let modules = whole.folded { leaves.contains($0.name) }
    let shown = foldingRepeats ? modules.foldingRepeats() : modules
    return depth.map { shown.folded(toDepth: $0) } ?? shown
  }

  /// The parameters that get no gradient from a result, with the reasons. Call it before backward,
  /// which frees the graph.
  ///
  /// - Returns: the reason for each parameter that gets none, by name.
  public func missingGradients(for result: Tensor) -> OrderedDictionary<String, String> {
    let used = result.leavesAndScopes
    var missing: OrderedDictionary<String, String> = [:]
    let owners = namedModules()
    for (name, parameter) in namedParameters() {
      if !parameter.requiresGrad {
        missing[name] = "it is frozen: requiresGrad is off"
        continue
      }
      if let leaf = parameter.leaf, used.leaves.contains(leaf) { continue }
      if !result.requiresGrad {
        missing[name] =
          "the result has no autograd graph: it was computed inside noGrad { … }, or detached"
        continue
      }
      let owner = owners.last { name.hasPrefix($0.name.isEmpty ? "" : $0.name + ".") }!.module
      let ran = owner.modules().contains {
        used.scopes.contains(UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()))
      }
      missing[name] =
        ran
        ? "its module ran, but the parameter does not contribute to this result: it is cut off by detach() or "
          + "noGrad, or not used"
        : "its module does not contribute to this result: it was not called, or its output is cut off by "
          + "detach() or noGrad, or not used"
    }
    return missing
  }

  /// The options of a graph with this model's parameters and modules.
  var graphOptions: GraphOptions {
    var options = GraphOptions(names: namedParameters())
    for (path, module) in namedModules() {
      options.scopes[UnsafeRawPointer(Unmanaged.passUnretained(module).toOpaque())] =
        .init(
          path: path, type: "\(type(of: module))",
          fields: .init(
            of: module.extraDescription,
            parameters: module.parameters().reduce(0) { $0 + $1.numel }))
    }
    return options
  }

  /// Runs `body` with all modules in evaluation mode, and then restores their modes.
  func inEvaluation<Result>(_ body: () throws -> Result) rethrows -> Result {
    let training = modules().map { ($0, $0.isTraining) }
    eval()
    defer { for (module, wasTraining) in training { module.isTraining = wasTraining } }
    return try body()
  }
}
