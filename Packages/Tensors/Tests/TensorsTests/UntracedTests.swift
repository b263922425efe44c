import Tensors
import Testing

/// A tensor in a golden file, of any type, its values as Python writes them.
struct TypedTensor: Decodable, Sendable {
  let shape: [Int]
  let dtype: String
  let values: [String]

  var numbers: [Double] {
    get throws {
      try values.map { $0 == "True" ? 1 : $0 == "False" ? 0 : try #require(Double($0)) }
    }
  }

  func tensor() throws -> Tensor {
    let type: DType = try #require(DType(dtype))
    return try Tensor(numbers, shape: shape, dtype: type)
  }
}

/// A golden case without a gradient.
struct UntracedCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [TypedTensor]
  let output: TypedTensor

  var testDescription: String { name }
  var operation: String { String(name.prefix { $0 != "," }) }

  static let all: [UntracedCase] = golden("untraced")
}

@Suite struct UntracedTests {
  @Test(arguments: UntracedCase.all, testedDevices)
  func resultsArePyTorchs(golden: UntracedCase, device: Device) throws {
    try device.withDefault {
      let operation = try #require(untracedOperations[golden.name])
      let inputs = try golden.inputs.map { try $0.tensor() }
      let result = operation(inputs)
      #expect("\(result.dtype)" == golden.output.dtype && result.shape == golden.output.shape)
      let tolerance = result.dtype == .float32 ? 1e-6 : 0
      for (a, b) in zip(result.scalars(as: Double.self), try golden.output.numbers) {
        #expect(a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * abs(b), "\(a) for \(b)")
      }
      // The same elements with other strides must give the same result.
      let spread = inputs.map { x in
        x.ndim == 0 ? x : Tensor.stack([x, x], dim: -1).flatten()[.step(2)].view(x.shape)
      }
      let again = operation(spread)
      #expect(
        again.shape == result.shape && again.allclose(result, rtol: 0, atol: 0, equalNaN: true))
    }
  }

  @Test func theTableIsComplete() {
    #expect(Set(untracedOperations.keys) == Set(UntracedCase.all.map(\.name)))
    let covered = Set(UntracedCase.all.map(\.operation))
    let wanted =
      Comparison.allCases.map { "\($0)" } + ElementTest.allCases.map { "\($0)" }
      + UnaryOperation.allCases.filter { $0.domain == .integral }.map { "\($0)" }
      + BinaryOperation.allCases.filter { $0.domain == .integral }.map { "\($0)" }
    // The two parts of isinf that nanToNum uses.
    #expect(Set(wanted).subtracting(covered) == ["isposinf", "isneginf"])
  }
}
