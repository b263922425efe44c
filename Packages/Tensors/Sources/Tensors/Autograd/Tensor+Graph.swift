@_exported import Graphs
import Support

extension Tensor {
  /// The graph of how this tensor was computed: the leaves that require gradients, the operations,
  /// the tensors (constants among them) saved for backward, and this tensor at the end. Small
  /// tensors are shown with their values and gradients, larger ones with mean, deviation and range.
  ///
  /// - Parameter names: the leaves' names, such as a model's named parameters.
  public func graph(names: StateDict = [:]) -> ComputationGraph {
    graph(GraphOptions(names: names))
  }

  /// For Flambeau's packages only.
  @_spi(Flambeau) public func graph(_ options: GraphOptions) -> ComputationGraph {
    var drawing = GraphDrawing(options)
    drawing.draw(self)
    return drawing.builder.graph()
  }
}

/// What a graph shows, and the modules that its operations are grouped by. For Flambeau's packages
/// only.
@_spi(Flambeau) public struct GraphOptions {
  /// A module, found by the address that operations record.
  public struct Scope {
    public let path: String
    public let type: String
    public let fields: [ComputationGraph.Field]

    public init(path: String, type: String, fields: [ComputationGraph.Field] = []) {
      (self.path, self.type, self.fields) = (path, type, fields)
    }
  }

  public var names: StateDict
  /// Whether the names are those of parameters in modules, as in `encoder.0.weight`.
  public var namesAreParameters = true
  public var scopes: [UnsafeRawPointer: Scope] = [:]
  /// Whether values and saved tensors are shown.
  public var showsValues = true
  /// The label of the result.
  public var resultLabel = "result"
  /// Whether edges show the shapes of the tensors along them.
  public var labelsEdges = false
  /// Inputs without gradients, by name, and the module that takes each.
  public var inputs: [(name: String, tensor: Tensor, scope: UnsafeRawPointer)] = []

  public init(names: StateDict = [:]) { self.names = names }
}

/// Builds the graph of a tensor.
struct GraphDrawing {
  private typealias Graph = ComputationGraph
  private(set) var builder = ComputationGraph.Builder()
  /// The indices of the nodes in the graph.
  private(set) var places: [ObjectIdentifier: Int] = [:]
  private let options: GraphOptions
  private var saved: [SavedKey: Int] = [:]
  private var counted: Set<UInt> = []
  private var clusters: ClusterStack

  /// Saved tensors that are the same view of the same memory are one node.
  private struct SavedKey: Hashable {
    let address: UInt
    let shape: [Int]
    let strides: [Int]
  }

  init(_ options: GraphOptions) {
    self.options = options
    clusters = ClusterStack(options.scopes)
  }

  /// Adds a tensor and everything that it was computed from.
  ///
  /// - Returns: the index of the tensor's node.
  @discardableResult
  mutating func draw(_ result: Tensor) -> Int {
    let history = result.history
    var labels: [ObjectIdentifier: String] = [:]
    for (name, tensor) in options.names {
      if let node = tensor.node { labels[ObjectIdentifier(node)] = name }
    }
    for node in history where node.isLeaf {
      let name = labels[ObjectIdentifier(node)] ?? ""
      places[ObjectIdentifier(node)] = builder.add(leaf(node, name))
    }
    for node in history where !node.isLeaf { addOperation(node) }
    for node in history where node.isLeaf {
      let name = labels[ObjectIdentifier(node)] ?? ""
      let cluster = options.namesAreParameters ? clusters.owner(of: name) : nil
      builder.update(places[ObjectIdentifier(node)]!) { $0.cluster = cluster }
    }
    addInputs(history)
    if let node = result.node, node.isLeaf { return places[ObjectIdentifier(node)]! }
    let place = builder.add(.init(.value, label: options.resultLabel, fields: fields(result)))
    if let node = result.node { connect(node, to: place) }
    return place
  }

  private func leaf(_ node: Node, _ name: String) -> ComputationGraph.Node {
    var all = fields(Tensor(node.inputs().output!.view))
    if options.showsValues, let grad = node.grad { all.append(.init("grad", of: grad)) }
    return .init(.parameter, label: name, fields: all)
  }

  private func fields(_ tensor: Tensor) -> [ComputationGraph.Field] {
    let description = ComputationGraph.Field(
      describing: tensor.dtype, tensor.shape)
    return options.showsValues ? [description, .init("value", of: tensor)] : [description]
  }

  private mutating func addOperation(_ node: Node) {
    let cluster = clusters.enter(node.scope, &builder)
    // Where edges show shapes, nodes need not.
    var all =
      options.labelsEdges ? [] : [ComputationGraph.Field(describing: node.dtype, node.shape)]
    let inputs = node.inputs()
    if let row = node.row, let attributes = inputs.attributeValue {
      all += row.namedValues(of: attributes).map { .init($0.name, $0.text) }
    }
    if options.showsValues, node.retainsGrad, let grad = node.grad {
      all.append(.init("grad", of: grad))
    }
    let place = builder.add(
      .init(.operation, label: node.operation, fields: all, cluster: cluster))
    places[ObjectIdentifier(node)] = place
    inputs.forEachEdge { _, input, _ in connect(input, to: place) }
    guard options.showsValues else { return }
    inputs.forEachEdge { edge, _, _ in
      for tensor in edge.tensors { addSaved(tensor, for: place, cluster) }
    }
    if let output = inputs.output {
      let tensor = Tensor(output.view)
      let kept = keep(tensor, .saved, cluster)
      builder.connect(place, to: kept, isSaved: true)
    }
  }

  /// Adds a tensor that an operation saves for backward. Leaves are in the graph already.
  private mutating func addSaved(_ tensor: Tensor, for place: Int, _ cluster: Int?) {
    guard let node = tensor.node else {
      builder.connect(keep(tensor, .constant, cluster), to: place)
      return
    }
    guard !node.isLeaf else { return }
    let isNew = saved[key(tensor)] == nil
    let kept = keep(tensor, .saved, cluster)
    if isNew, let source = places[ObjectIdentifier(node)] {
      builder.connect(source, to: kept, isSaved: true)
    }
    builder.connect(kept, to: place, isSaved: true)
  }

  private func key(_ tensor: Tensor) -> SavedKey {
    SavedKey(address: tensor.view.address, shape: tensor.shape, strides: tensor.strides)
  }

  private mutating func keep(
    _ tensor: Tensor, _ kind: ComputationGraph.Kind, _ cluster: Int?
  ) -> Int {
    if let place = saved[key(tensor)] { return place }
    // A named tensor, such as a frozen parameter, is in memory anyway, and shared memory counts
    // once.
    let name = options.names.first { $0.value.view.address == tensor.view.address }?.key ?? ""
    let isCounted = name.isEmpty && counted.insert(tensor.view.address).inserted
    let place = builder.add(
      .init(
        kind, label: name, fields: fields(tensor), cluster: cluster,
        savedBytes: isCounted ? tensor.numel * tensor.dtype.itemSize : 0))
    saved[key(tensor)] = place
    return place
  }

  private mutating func connect(_ node: Node, to place: Int) {
    builder.connect(
      places[ObjectIdentifier(node)]!, to: place,
      label: options.labelsEdges ? "\(node.shape)" : "")
  }

  /// Connects inputs without gradients to the first operation of the module that takes them.
  private mutating func addInputs(_ history: [Node]) {
    var inputs: [ObjectIdentifier: Int] = [:]
    for (name, tensor, scope) in options.inputs {
      guard let first = history.first(where: { $0.scope == scope }) else { continue }
      let known = inputs[ObjectIdentifier(tensor)]
      let place = known ?? builder.add(.init(.constant, label: name, fields: fields(tensor)))
      inputs[ObjectIdentifier(tensor)] = place
      builder.connect(
        place, to: places[ObjectIdentifier(first)]!,
        label: options.labelsEdges ? "\(tensor.shape)" : "")
    }
  }
}

/// The modules that the current operation is nested in. A module that is called again gets another
/// cluster, so that folding a cluster never creates a cycle.
private struct ClusterStack {
  private let scopes: [UnsafeRawPointer: GraphOptions.Scope]
  private let byPath: [String: GraphOptions.Scope]
  private var open: [(path: String, place: Int)] = []
  private var first: [String: Int] = [:]

  init(_ scopes: [UnsafeRawPointer: GraphOptions.Scope]) {
    self.scopes = scopes
    byPath = Dictionary(scopes.values.map { ($0.path, $0) }) { first, _ in first }
  }

  /// The cluster of an operation in a module.
  mutating func enter(
    _ scope: UnsafeRawPointer?, _ builder: inout ComputationGraph.Builder
  ) -> Int? {
    guard let path = scope.flatMap({ scopes[$0]?.path }) else {
      open = []
      return nil
    }
    // The whole model, then each module on the path.
    var chain = [""]
    for part in path.split(separator: ".") {
      chain.append(chain.last!.isEmpty ? String(part) : "\(chain.last!).\(part)")
    }
    chain = chain.filter { byPath[$0] != nil }
    let common = zip(open, chain).prefix { $0.path == $1 }.count
    open.removeLast(open.count - common)
    for path in chain[common...] {
      let scope = byPath[path]!
      let place = builder.add(
        ComputationGraph.Cluster(
          name: path, label: scope.type, fields: scope.fields, parent: open.last?.place))
      open.append((path, place))
      if first[path] == nil { first[path] = place }
    }
    return open.last?.place
  }

  /// The cluster of the module that a parameter of this name is in.
  func owner(of name: String) -> Int? {
    if name.isEmpty || scopes.isEmpty { return nil }
    var path = name[...]
    while let dot = path.lastIndex(of: ".") {
      path = path[..<dot]
      if let place = first[String(path)] { return place }
    }
    return first[""]
  }
}

extension ComputationGraph.Field {
  /// A tensor's dtype, shape and size in memory, as in `float32 [32, 10], 1.3 KiB`.
  init(describing dtype: DType, _ shape: [Int]) {
    let bytes = shape.reduce(dtype.itemSize, *)
    self.init("tensor", "\(dtype) \(shape), \(bytes.byteDescription)")
  }

  /// A tensor's elements, or a summary of many.
  init(_ name: String, of tensor: Tensor) {
    let numbers = tensor.detach().scalars(as: Double.self)
    let summary = NumberSummary(numbers)
    self.init(
      name,
      numbers.count > 6 ? summary.text : Self.nested(numbers[...], tensor.shape[...]),
      numbers: summary)
  }

  /// Numbers in nested brackets, one level for each dim.
  private static func nested(_ numbers: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> String {
    guard let count = shape.first else { return numbers.first!.briefDescription }
    let size = count == 0 ? 0 : numbers.count / count
    let rows = (0..<count).map { row in
      nested(numbers.dropFirst(row * size).prefix(size), shape.dropFirst())
    }
    return "[\(rows.joined(separator: ", "))]"
  }
}

extension Tensor {
  /// The leaves that this tensor was computed from, and the modules whose operations computed it.
  /// For Flambeau's packages only.
  @_spi(Flambeau) public var leavesAndScopes:
    (
      leaves: Set<ObjectIdentifier>, scopes: Set<UnsafeRawPointer>
    )
  {
    let history = history
    return (
      Set(history.filter(\.isLeaf).map(ObjectIdentifier.init)),
      Set(history.compactMap(\.scope))
    )
  }

  /// The identity of this tensor among the leaves of ``leavesAndScopes``. For Flambeau's packages
  /// only.
  @_spi(Flambeau) public var leaf: ObjectIdentifier? { node.map(ObjectIdentifier.init) }

  /// The nodes that this tensor depends on, from the earliest to its own.
  fileprivate var history: [Node] {
    guard let node else { return [] }
    var seen: Set = [ObjectIdentifier(node)]
    var nodes: [Node] = []
    var stack = [node]
    while let node = stack.popLast() {
      nodes.append(node)
      node.inputs().forEachEdge { _, input, _ in
        if seen.insert(ObjectIdentifier(input)).inserted { stack.append(input) }
      }
    }
    return nodes.sorted { $0.sequence < $1.sequence }
  }
}
