import Graphs
import NN
import Testing

private final class Language: Module {
  let embedding = Embedding(20, 8)
  let encoder: TransformerEncoder
  let head = Linear(8, 20)

  init(_ layers: Int) {
    encoder = TransformerEncoder(
      TransformerEncoderLayer(8, 2, dimFeedforward: 16, batchFirst: true), layers)
    super.init()
  }

  override func forward(_ x: Tensor) -> Tensor { head(encoder(embedding(x))) }
}

private func arrows(_ graph: ComputationGraph) -> [String] {
  graph.edges.map {
    "\(graph.nodes[$0.source].label) > \(graph.nodes[$0.target].label) \($0.label)"
  }
}

@Suite struct ModelGraphTests {
  @Test func modulesAndShapes() {
    let model = Sequential(Conv2d(1, 2, kernelSize: 3), ReLU(), Flatten(), Linear(8, 3))
    let graph = model.graph(.zeros([5, 1, 4, 4]))
    #expect(
      Set(arrows(graph)) == [
        "0: Conv2d > 1: ReLU [5, 2, 2, 2]", "1: ReLU > 2: Flatten [5, 2, 2, 2]",
        "2: Flatten > 3: Linear [5, 8]", "input > 0: Conv2d [5, 1, 4, 4]",
        "3: Linear > output [5, 3]",
      ])
    #expect(
      graph.nodes.first { $0.label == "0: Conv2d" }?.fields == [
        .init("made with", "1\n2\nkernel_size=(3, 3)\nstride=(1, 1)"), .init("parameters", "20"),
      ])
    #expect(graph == model.graph(.zeros([5, 1, 4, 4])), "the same every time")
    #expect(model.isTraining && model.parameters().allSatisfy { $0.requiresGrad && $0.grad == nil })
  }

  @Test func aTransformerFitsAPage() {
    let graph = Language(12).graph(.zeros([2, 5], dtype: .int64))
    #expect(graph.clusters.map(\.repeats).max() == 12)
    #expect(graph.nodes.count == 12)
    #expect(arrows(graph).contains("input > embedding: Embedding [2, 5]"))
    #expect(arrows(graph).contains("head: Linear > output [2, 5, 20]"))
    let whole = Language(3).graph(.zeros([2, 5], dtype: .int64), foldingRepeats: false)
    #expect(whole.nodes.count == 28 && whole.clusters.count == 6)
    #expect(Language(3).graph(.zeros([2, 5], dtype: .int64), depth: 0).nodes.count == 3)
    #expect(Language(3).graph(.zeros([2, 5], dtype: .int64), depth: 1).nodes.count == 5)
  }

  /// A module that is called twice has a frame for each call, and folding makes no cycle.
  @Test func calledTwice() {
    let shared = Linear(4, 4)
    let graph = Sequential(shared, ReLU(), shared).graph(.zeros([1, 4]), foldingRepeats: false)
    #expect(
      Set(arrows(graph)) == [
        "input > 0: Linear [1, 4]", "0: Linear > 1: ReLU [1, 4]", "1: ReLU > 0: Linear [1, 4]",
        "0: Linear > output [1, 4]",
      ])
  }

  @Test func severalInputsAndFrozenModels() {
    let layer = TransformerDecoderLayer(8, 2, dimFeedforward: 8, batchFirst: true)
    layer.requiresGrad(false)
    let graph = layer.graph(inputs: ["target": .zeros([1, 3, 8]), "memory": .zeros([1, 2, 8])]) {
      layer($0[0], $0[1])
    }
    #expect(arrows(graph).contains("memory > multihead_attn: MultiheadAttention [1, 2, 8]"))
    #expect(layer.parameters().allSatisfy { !$0.requiresGrad })
  }

  @Test func aLossesGraphHasTheModelsNamesAndFrames() {
    let model = Sequential(Linear(2, 3), Sequential(["out": Linear(3, 1)]))
    let loss = mseLoss(model(Tensor.ones([4, 2])), Tensor.zeros([4, 1]))
    let graph = loss.graph(of: model)
    #expect(graph.clusters.map(\.name) == ["", "0", "1", "1.out"])
    #expect(graph.clusters.map(\.label) == ["Sequential", "Linear", "Sequential", "Linear"])
    let parameters = graph.nodes.filter { $0.kind == .parameter }
    #expect(Set(parameters.map(\.label)) == Set(model.namedParameters().keys))
    #expect(parameters.first { $0.label == "1.out.bias" }?.cluster == 3)
    let operations = graph.nodes.filter { $0.kind == .operation }
    #expect(operations.map(\.cluster).prefix(2) == [1, 3])
    #expect(operations.last?.cluster == nil, "the loss is outside of the model")
    #expect(graph.folded(toDepth: 0).nodes.count { $0.kind == .module } == 1)
    let recording = loss.recordBackward(of: model)
    #expect(recording.graph.clusters == graph.clusters)
    #expect(recording.text.contains("to 1.out.weight: ∂L/∂w = gᵀ • x"))
  }

  @Test func whyParametersGetNoGradient() {
    final class Parts: Module {
      let used = Linear(2, 2)
      let frozen = Linear(2, 2)
      let idle = Linear(2, 2)
      let cut = Linear(2, 2)
      @Parameter var scale = Tensor.ones([2])
      override func forward(_ x: Tensor) -> Tensor {
        frozen(used(x)) + cut(x).detach()
      }
    }
    let model = Parts()
    model.frozen.requiresGrad(false)
    let loss = model(Tensor.ones([1, 2])).sum()
    let missing = model.missingGradients(for: loss)
    #expect(
      Array(missing.keys) == [
        "scale", "frozen.weight", "frozen.bias", "idle.weight", "idle.bias", "cut.weight",
        "cut.bias",
      ])
    #expect(missing["frozen.bias"] == "it is frozen: requiresGrad is off")
    #expect(
      missing["idle.bias"]?.hasPrefix("its module does not contribute to this result") == true)
    #expect(missing["scale"]?.hasPrefix("its module ran, but the parameter does not") == true)
    let graph = loss.graph(of: model)
    #expect(graph.nodes.filter { $0.mark == .detached }.map(\.label) == Array(missing.keys))
    let apart = noGrad { model(Tensor.ones([1, 2])).sum() }
    #expect(model.missingGradients(for: apart)["used.bias"]?.contains("noGrad") == true)
    #expect(Sequential(Linear(1, 1)).missingGradients(for: loss).count == 2)
  }

  @Test func aStructureAsAGraph() {
    let graph = Sequential(Sequential(Linear(2, 2), ReLU()), Linear(2, 1)).structure().graph()
    #expect(arrows(graph) == ["0: Linear > 1: ReLU ", "1: ReLU > 1: Linear "])
    #expect(graph.clusters.map(\.label) == ["Sequential", "Sequential"])
    #expect(ReLU().structure().graph().nodes.map(\.label) == ["ReLU"])
    let encoder = Language(12).structure().graph()
    #expect(encoder.clusters.map(\.repeats).max() == 12)
  }
}
