import Foundation
import NN
import Testing

@Suite struct SummaryTests {
  @Test func theTableIsTorchinfos() throws {
    let shared = Linear(64, 64)
    let model = Sequential(
      Conv2d(1, 32, kernelSize: 3, padding: 1), BatchNorm2d(32), ReLU(),
      Sequential(MaxPool2d(2), Flatten()), Linear(32 * 14 * 14, 64), shared, shared,
      Linear(64, 10))
    model[0].requiresGrad(false)
    (model[7] as! Linear).bias!.requiresGrad = false
    let summary = model.summary(inputShape: [16, 1, 28, 28])
    let url = Bundle.module.resourceURL!.appending(path: "Golden/summary.txt")
    #expect(summary.description + "\n" == (try String(contentsOf: url, encoding: .utf8)))
    #expect(model.isTraining && model[1].isTraining, "it is as before")
  }

  @Test func modulesOfSeveralInputs() {
    let model = TransformerDecoderLayer(4, 2, dimFeedforward: 8)
    let (x, memory) = (Tensor.zeros([3, 2, 4]), Tensor.zeros([5, 2, 4]))
    let summary = model.summary(inputs: [x, memory]) { _ = model(x, memory) }
    #expect(summary.rows.first?.outputShape == [3, 2, 4])
    let attention = summary.rows.first { $0.name == "multihead_attn" }
    #expect(attention?.parameters == 60 && attention?.depth == 1)
    #expect(summary.parameters == model.parameters().reduce(0) { $0 + $1.numel })
  }
}
