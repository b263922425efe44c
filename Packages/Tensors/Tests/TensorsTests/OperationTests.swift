import Foundation
import Testing

@testable import Tensors

@Suite struct OperationTests {
  private func apply(_ golden: GoldenCase, _ inputs: [Tensor]) -> Tensor {
    guard let operation = operations[golden.name] else {
      fatalError("the golden case “\(golden.name)” is missing from the table of operations")
    }
    return operation(inputs)
  }

  @Test(arguments: GoldenCase.all, testedDevices)
  func valueAndGradientsArePyTorchs(golden: GoldenCase, device: Device) throws {
    try device.withDefault {
      let inputs = try golden.inputs.map { try $0.tensor(requiresGrad: true) }
      let output = apply(golden, inputs)
      #expect(isClose(output, try golden.output.tensor()))
      output.backward(gradient: try golden.cotangent.tensor())
      for (input, gradient) in zip(inputs, golden.gradients) {
        #expect(isClose(input.grad ?? .zerosLike(input), try gradient.tensor()))
      }
    }
  }

  @Test(arguments: GoldenCase.all)
  func gradientsMatchFiniteDifferences(golden: GoldenCase) throws {
    let weights = try golden.cotangent.tensor()
    try checkGradients(try golden.inputs.map { try $0.tensor() }) { inputs in
      (self.apply(golden, inputs) * weights).sum()
    }
  }

  @Test(arguments: GoldenCase.all)
  func secondDerivativesMatchFiniteDifferences(golden: GoldenCase) throws {
    let weights = try golden.cotangent.tensor()
    try checkGradients(try golden.inputs.map { try $0.tensor() }) { inputs in
      for input in inputs { input.requiresGrad = true }
      // The square makes the gradient depend on the inputs, and on the cotangent, of any operation.
      let result = (self.apply(golden, inputs).square() * weights).sum()
      let gradients = grad(of: result, withRespectTo: inputs, createGraph: true)
      return gradients.map { $0.sin().sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
    }
  }

  /// Forward mode, along some vector, and the derivative of its result.
  @Test(arguments: GoldenCase.all)
  func tangentsMatchFiniteDifferences(golden: GoldenCase) throws {
    let inputs = try golden.inputs.map { try $0.tensor() }
    let vectors = inputs.map { input in
      Tensor.arange(input.numel).to(.float64).cos().reshape(input.shape)
    }
    func value(_ step: Double) -> Tensor {
      apply(golden, zip(inputs, vectors).map { $0 + $1 * step })
    }
    let (output, product) = jacobianVectorProduct(inputs, vectors) { self.apply(golden, $0) }
    let step = 1e-5
    let difference = (value(step) - value(-step)) / (2 * step)
    #expect(isClose(output, value(0)))
    #expect(isClose(product, difference, tolerance: 2e-5))

    let weights = try golden.cotangent.tensor()
    try checkGradients(inputs) { inputs in
      let product = jacobianVectorProduct(inputs, vectors, createGraph: true) {
        self.apply(golden, $0).square()
      }.product
      return (product * weights).sum()
    }
  }

  /// The derivatives of gradients on another device are those on the CPU.
  @Test(arguments: GoldenCase.all, testedDevices.filter { $0 != .cpu })
  func secondDerivativesAreTheCPUs(golden: GoldenCase, device: Device) throws {
    func results(_ device: Device) throws -> [Tensor] {
      try device.withDefault {
        let inputs = try golden.inputs.map { try $0.tensor(requiresGrad: true) }
        let result = (apply(golden, inputs).square() * (try golden.cotangent.tensor())).sum()
        let gradients = grad(of: result, withRespectTo: inputs, createGraph: true)
        let total = gradients.map { $0.sin().sum() }.reduce(Tensor(0.0, dtype: .float64)) {
          $0 + $1
        }
        // A gradient that is constant depends on nothing.
        if total.requiresGrad { total.backward() }
        return inputs.map { $0.grad ?? .zerosLike($0) }
      }
    }
    for (own, cpu) in zip(try results(device), try results(.cpu)) {
      #expect(own.device == device && isClose(own, cpu, tolerance: 1e-10))
    }
  }

  /// Compares the gradient of a scalar-valued function with central differences.
  private func checkGradients(_ inputs: [Tensor], _ function: ([Tensor]) -> Tensor) throws {
    let leaves = inputs.map { $0.clone() }
    for leaf in leaves { leaf.requiresGrad = true }
    let result = function(leaves)
    // A gradient that is constant depends on nothing.
    if result.requiresGrad { result.backward() }
    let step = 1e-5
    for (place, input) in inputs.enumerated() {
      let numbers = input.scalars(as: Double.self)
      var differences: [Double] = []
      for index in numbers.indices {
        let ends = try [step, -step].map { change in
          var moved = numbers
          moved[index] += change
          var changed = inputs
          changed[place] = try Tensor(moved, shape: input.shape)
          return function(changed).item()
        }
        differences.append((ends[0] - ends[1]) / (2 * step))
      }
      let gradient = leaves[place].grad ?? .zerosLike(input)
      #expect(isClose(gradient, try Tensor(differences, shape: input.shape), tolerance: 2e-5))
    }
  }

  /// The same elements with other strides must give the same result.
  @Test(arguments: GoldenCase.all.filter { !$0.name.hasPrefix("asStrided") }, testedDevices)
  func stridesDoNotMatter(golden: GoldenCase, device: Device) throws {
    try device.withDefault {
      let layouts: [(Tensor) -> Tensor] = [
        // In reverse order of dims.
        { $0.permute(Array((0..<$0.ndim).reversed())).contiguous().T },
        // Every second element of a larger tensor, from an offset on.
        {
          $0.ndim == 0
            ? $0 : Tensor.stack([$0, $0 * 0], dim: -1).flatten()[.step(2)].view($0.shape)
        },
      ]
      for layout in layouts {
        let inputs = try golden.inputs.map { try layout($0.tensor()).detach() }
        for input in inputs { input.requiresGrad = true }
        let output = apply(golden, inputs)
        #expect(isClose(output, try golden.output.tensor()))
        output.backward(gradient: try golden.cotangent.tensor())
        for (input, gradient) in zip(inputs, golden.gradients) {
          #expect(isClose(input.grad ?? .zerosLike(input), try gradient.tensor()))
        }
      }
    }
  }

  /// Inputs without elements, and without dims, wherever PyTorch takes them.
  @Test(arguments: EdgeCase.all, testedDevices)
  func edgesArePyTorchs(golden: EdgeCase, device: Device) throws {
    try device.withDefault {
      let operation = try #require(operations[golden.name])
      let inputs = try golden.inputs.map { try $0.tensor(requiresGrad: true) }
      let output = operation(inputs)
      #expect(isClose(output, try golden.output.tensor()))
      if output.requiresGrad { output.sum().backward() }
      for (input, gradient) in zip(inputs, golden.gradients) {
        #expect(isClose(input.grad ?? .zerosLike(input), try gradient.tensor()))
      }
    }
  }

  /// Less precise types against float64 on the same numbers.
  @Test(arguments: GoldenCase.all.filter { $0.name != "to" }, [DType.float32, .float16, .bfloat16])
  func otherTypesComeClose(golden: GoldenCase, dtype: DType) throws {
    for device in testedDevices {
      try device.withDefault { try compare(golden, dtype) }
    }
  }

  private func compare(_ golden: GoldenCase, _ dtype: DType) throws {
    let precision: Double = dtype == .float32 ? 0x1p-23 : dtype == .float16 ? 0x1p-10 : 0x1p-7
    func results(_ own: DType) throws -> [Tensor] {
      let inputs = try golden.inputs.map { try $0.tensor().to(dtype).to(own) }
      for input in inputs { input.requiresGrad = true }
      let output = apply(golden, inputs)
      #expect(output.dtype == own)
      output.backward(gradient: try golden.cotangent.tensor().to(dtype).to(own))
      return [output] + inputs.map { $0.grad ?? .zerosLike($0) }
    }
    for (result, exact) in zip(try results(dtype), try results(.float64)) {
      #expect(
        result.dtype == dtype && isClose(result, exact, tolerance: 64 * precision),
        "\(result.device)")
    }
  }

  /// Inputs expanded along dims, against copies of them.
  @Test(
    arguments: GoldenCase.all.filter { !ofIndependentRows.contains($0.operation) }, testedDevices)
  func expandedInputs(golden: GoldenCase, device: Device) throws {
    try device.withDefault {
      func results(_ layout: (Tensor) -> Tensor) throws -> [Tensor] {
        let inputs = try golden.inputs.map { golden in
          let whole = try golden.tensor()
          let part = whole.ndim > 0 ? whole[..<1] : whole
          return layout(part.expand(whole.shape)).detach()
        }
        for input in inputs { input.requiresGrad = true }
        let output = apply(golden, inputs)
        output.sum().backward()
        return [output] + inputs.map { $0.grad ?? .zerosLike($0) }
      }
      for (a, b) in zip(try results { $0 }, try results { $0.clone() }) { #expect(isClose(a, b)) }
    }
  }

  /// Operations that equal rows leave without a result or without a derivative.
  private static let ofIndependentRows: Set = [
    "slogdet", "inverse", "solve", "qr", "eigh", "svd", "pinverse", "matrixNorm",
  ]

  /// Operations whose tangents are computed by differentiating their derivatives; the others have a
  /// rule.
  @Test func mostTangentsGoStraight() {
    for golden in GoldenCase.all {
      guard let inputs = try? golden.inputs.map({ try $0.tensor(requiresGrad: true) }) else {
        continue
      }
      _ = apply(golden, inputs)
    }
    let differentiated = Operator.made.withLock { $0 }
      .filter { row in row.derivatives.contains { $0.isDifferentiatedForTangents } }
      .map(\.name)
    // Other tests create rows too.
    let tested = Set(GoldenCase.all.map(\.operation)).union(usedByDerivatives.keys)
    #expect(tested.intersection(differentiated).isSubset(of: Self.differentiated))
  }

  private static let differentiated: Set = [
    "assign", "cholesky", "cumprod", "eigh", "qr", "svd",
  ]

  /// All operations that the kernels have a line for.
  private static let elementwise: Set<String> = Set(
    UnaryOperation.allCases.filter { $0.domain != .integral }.map { "\($0)" }
      + BinaryOperation.allCases.filter { $0.domain != .integral }.map { "\($0)" })

  @Test func everyKernelIsInTheTable() {
    let covered = Set(GoldenCase.all.map(\.operation)).union(usedByDerivatives.keys)
    #expect(Self.elementwise.subtracting(covered) == ["floorDivide"], "which has no gradient")
  }

  /// Reads the sources, so that an operation that is recorded but not tested fails here.
  @Test func everyRecordedOperationIsInTheTable() throws {
    let sources = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/Tensors")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var recorded: Set<String> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
        .replacing(#/\/\/.*/#, with: "")
      for rows in text.matches(of: #/\nextension Operator \{(.*?)\n\}/#.dotMatchesNewlines()) {
        let names = rows.1.matches(of: #/static let `?\w+`? = \w+\(\s*(?:joint: )?[".](\w+)"?,/#)
        recorded.formUnion(names.map { String($0.1) })
      }
    }
    #expect(recorded.count > 80)
    let covered = Set(GoldenCase.all.map(\.operation)).union(usedByDerivatives.keys)
    #expect(recorded.subtracting(covered) == [])
    #expect(Set(usedByDerivatives.values).isSubset(of: covered))
    #expect(Set(operations.keys) == Set(GoldenCase.all.map(\.name)))
  }
}
