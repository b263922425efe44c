import Dispatch
import Testing

@testable import NN

@Suite struct ThreadTests {
  /// One model in several threads: predictions are the same as in one thread, and gradients add up.
  @Test func oneModelInSeveralThreads() {
    let (encoder, recurrent, head) = Generator(seed: 4).withDefault {
      (
        TransformerEncoderLayer(8, 2, dimFeedforward: 16, batchFirst: true),
        LSTM(8, 6, batchFirst: true),
        Sequential(Linear(6, 4), BatchNorm1d(4), ReLU(), Dropout(0.5), Linear(4, 2))
      )
    }
    let models: [Module] = [encoder, recurrent, head]
    for model in models { model.eval() }
    let inputs = (0..<4).map { Tensor.randn([3, 5, 8], generator: Generator(seed: UInt64($0))) }
    // A module is not Sendable, since training changes it; for inference, it may be shared.
    nonisolated(unsafe) let predict = { (x: Tensor) -> Tensor in
      head(recurrent(encoder(x)).output[.all, -1])
    }
    let expected = noGrad { inputs.map { predict($0) } }
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      for _ in 0..<5 {
        #expect(noGrad { predict(inputs[number]) }.equal(expected[number]))
        predict(inputs[number]).sum().backward()
      }
    }
    let parameters = models.flatMap { $0.parameters() }
    let together = parameters.map { $0.grad! }
    for parameter in parameters { parameter.grad = nil }
    for x in inputs { for _ in 0..<5 { predict(x).sum().backward() } }
    for (own, sum) in zip(parameters, together) {
      #expect(own.grad!.allclose(sum, rtol: 1e-4, atol: 1e-5))
    }
  }
}
