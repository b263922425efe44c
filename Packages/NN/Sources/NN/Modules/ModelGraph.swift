@_spi(Flambeau) import Tensors

extension Tensor {
  /// As `graph(names:)`, with the model's modules as frames and its parameters' names, also of
  /// those that no gradient goes to, with the reason.
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

  /// As `recordBackward(names:gradient:retainGraph:)`, with the model's modules as frames and its
  /// parameters' names.
  public func recordBackward(
    of model: Module, gradient: Tensor? = nil, retainGraph: Bool = false
  ) -> BackwardRecording {
    recordBackward(model.graphOptions, gradient: gradient, retainGraph: retainGraph)
  }
}

extension Module {
  /// The model as a graph: its modules, with what they are made with, as frames inside one another,
  /// and the shapes that go from one to the next. It runs once, in evaluation.
  ///
  ///     try model.graph(Tensor.zeros([1, 1, 28, 28])).render(to: "model.svg")
  ///
  /// - Parameters:
  ///   - input: the input, named `input` in the graph.
  ///   - depth: how many frames deep it is drawn, 0 for the model as one node; by default down to
  ///     the modules that hold no others, and attention.
  ///   - foldingRepeats: whether blocks that are alike and follow one another are drawn once, as
  ///     `× 12`.
  public func graph(
    _ input: Tensor, depth: Int? = nil, foldingRepeats: Bool = true
  ) -> ComputationGraph {
    graph(inputs: ["input": input], depth: depth, foldingRepeats: foldingRepeats) {
      self($0[0])
    }
  }

  /// As the other function, for a model of several inputs:
  /// `model.graph(inputs: ["source": x, "target": y]) { model($0[0], $0[1]) }`.
  public func graph(
    inputs: KeyValuePairs<String, Tensor>, depth: Int? = nil, foldingRepeats: Bool = true,
    _ body: ([Tensor]) -> Tensor
  ) -> ComputationGraph {
    // Gradients show the way of inputs that can have them, and hooks which module takes the others.
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
    // Attention is one idea, although it holds a module.
    let isWhole = { (module: Module) in
      module.namedChildren().isEmpty || module is MultiheadAttention
    }
    let leaves = Set(namedModules().filter { isWhole($0.module) }.map(\.name))
    let modules = whole.folded { leaves.contains($0.name) }
    let shown = foldingRepeats ? modules.foldingRepeats() : modules
    return depth.map { shown.folded(toDepth: $0) } ?? shown
  }

  /// The reasons why parameters get no gradient from a result. Call it before backward, which frees
  /// the graph.
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
          "the result remembers no computation: it was made inside noGrad { … }, or detached"
        continue
      }
      let owner = owners.last { name.hasPrefix($0.name.isEmpty ? "" : $0.name + ".") }!.module
      let ran = owner.modules().contains {
        used.scopes.contains(UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()))
      }
      missing[name] =
        ran
        ? "its module takes part, but without it: what it does is cut off by detach() or noGrad, or its "
          + "output is not used"
        : "its module takes no part in this result: it was not called, or what it gave is cut off by "
          + "detach() or noGrad, or not used"
    }
    return missing
  }

  /// Names and modules for a graph.
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

  /// Does something with all modules in evaluation, and then has them as they were.
  func inEvaluation<Result>(_ body: () throws -> Result) rethrows -> Result {
    let training = modules().map { ($0, $0.isTraining) }
    eval()
    defer { for (module, wasTraining) in training { module.isTraining = wasTraining } }
    return try body()
  }
}
