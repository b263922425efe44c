import Testing

@testable import NN

/// Layers that draw random numbers, compared with PyTorch's.
@Suite struct RandomTests {
  private func numbers(_ tensor: Tensor) -> [Float] { tensor.scalars(as: Float.self) }

  @Test func truncatedNormalNumbers() throws {
    let x = Tensor.empty([5])
    Generator(seed: 3).withDefault {
      Init.truncNormal(x, mean: 0.5, std: 2, low: -1, high: 1.5)
    }
    let wide = Tensor([
      0.3402913510799408, 0.8496667742729187, 0.6779561638832092, -0.7274360060691833,
      0.5923649072647095,
    ])
    #expect(x.allclose(wide, rtol: 1e-6))
    Generator(seed: 3).withDefault {
      Init.truncNormal(x, mean: 0, std: 1, low: 2, high: 4)
    }
    let far = Tensor([
      2.0085270404815674, 2.4295153617858887, 2.278724193572998, 2.0539097785949707,
      2.3617544174194336,
    ])
    #expect(x.allclose(far, rtol: 1e-6))
  }

  /// Random numbers are assigned to elements in memory order.
  @Test func dropoutAlongMemory() {
    let elements = Generator(seed: 5).withDefault { Dropout(0.5)(Tensor.ones([2, 3]).T) }
    #expect(numbers(elements) == [0, 2, 2, 2, 2, 0])
    let channels = Generator(seed: 5).withDefault { Dropout2d(0.5)(Tensor.ones([2, 3, 4])) }
    #expect(numbers(channels.amax(dims: [2])) == [0, 2, 2, 2, 2, 0])
    #expect(channels.amax(dims: [2]).equal(channels.amin(dims: [2])))
  }

  /// In training, with the default dropout and `batchFirst`.
  @Test func encoderLayerInTraining() {
    let layer = Generator(seed: 3).withDefault {
      TransformerEncoderLayer(4, 2, dimFeedforward: 8, batchFirst: true)
    }
    let y = Generator(seed: 5).withDefault {
      layer(Tensor.linspace(-1, 1, steps: 24).reshape(2, 3, 4))
    }
    let expected = Tensor([
      -1.7005995512008667, 0.7851351499557495, 0.26739048957824707, 0.6480739116668701,
      -1.7319633960723877, 0.5682694911956787, 0.5704863667488098, 0.5932074785232544,
      -1.731679916381836, 0.6107770204544067, 0.5613589882850647, 0.5595438480377197,
      -0.21809051930904388, -1.3727636337280273, 0.16198432445526123, 1.4288698434829712,
      -1.250623106956482, -0.7127350568771362, 0.9654408693313599, 0.9979171752929688,
      -1.3137661218643188, -0.6248449683189392, 1.0164499282836914, 0.922161340713501,
    ])
    #expect(y.flatten().allclose(expected, rtol: 1e-4, atol: 1e-5))
  }
}
