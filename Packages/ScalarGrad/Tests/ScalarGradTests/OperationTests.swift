import Foundation
import ScalarGrad
import Testing

/// An operation with the points to try it at.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let name: String
  let points: [(Double, Double)]
  let apply: @Sendable (Value, Value) -> Value
  let expected: @Sendable (Double, Double) -> Double

  var testDescription: String { name }

  static func unary(
    _ name: String, at points: [Double], _ apply: @escaping @Sendable (Value) -> Value,
    _ expected: @escaping @Sendable (Double) -> Double
  ) -> OperationCase {
    OperationCase(
      name: name, points: points.map { ($0, 0) }, apply: { a, _ in apply(a) },
      expected: { a, _ in expected(a) })
  }

  static let pairs = [(1.5, -2.25), (-0.75, 3), (2, 0.5), (-3, -0.125)]

  static let all: [OperationCase] = [
    .init(name: "+", points: pairs, apply: { $0 + $1 }, expected: { $0 + $1 }),
    .init(name: "-", points: pairs, apply: { $0 - $1 }, expected: { $0 - $1 }),
    .init(name: "*", points: pairs, apply: { $0 * $1 }, expected: { $0 * $1 }),
    .init(name: "/", points: pairs, apply: { $0 / $1 }, expected: { $0 / $1 }),
    .init(
      name: "**", points: [(2, 3), (0.5, -1.5), (3, 0.25)], apply: { $0 ** $1 },
      expected: { pow($0, $1) }),
    .init(name: "max", points: pairs, apply: { $0.max($1) }, expected: { Swift.max($0, $1) }),
    .unary("neg", at: [1.5, -2], { -$0 }, { -$0 }),
    .unary("exp", at: [1.5, -2, 0], { $0.exp() }, { exp($0) }),
    .unary("log", at: [1.5, 0.01], { $0.log() }, { log($0) }),
    .unary("tanh", at: [1.5, -2, 0], { $0.tanh() }, { tanh($0) }),
    .unary("sigmoid", at: [1.5, -2, 0], { $0.sigmoid() }, { 1 / (1 + exp(-$0)) }),
    .unary("relu", at: [1.5, -2], { $0.relu() }, { Swift.max($0, 0) }),
    .unary("sin", at: [1.5, -2, 0], { $0.sin() }, { sin($0) }),
    .unary("cos", at: [1.5, -2, 0], { $0.cos() }, { cos($0) }),
    .unary("sqrt", at: [1.5, 0.01], { $0.sqrt() }, { $0.squareRoot() }),
    .unary("abs", at: [1.5, -2], { $0.abs() }, { Swift.abs($0) }),
  ]
}

private func isClose(_ a: Double, _ b: Double, tolerance: Double = 1e-6) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}

/// (f(x + h) - f(x - h)) / 2h
private func centralDifference(_ f: (Double) -> Double, at x: Double) -> Double {
  let h = 1e-5
  return (f(x + h) - f(x - h)) / (2 * h)
}

@Test(arguments: OperationCase.all)
func valuesAndGradients(operation: OperationCase) {
  for (x, y) in operation.points {
    let a = Value(x)
    let b = Value(y)
    let result = operation.apply(a, b)
    #expect(result.data == operation.expected(x, y))

    result.backward()
    #expect(isClose(a.grad, centralDifference({ operation.expected($0, y) }, at: x)))
    #expect(isClose(b.grad, centralDifference({ operation.expected(x, $0) }, at: y)))
  }
}

@Test(arguments: OperationCase.all)
func derivativesAreValuesAndHaveDerivatives(operation: OperationCase) {
  for (x, y) in operation.points {
    func gradients(_ x: Double, _ y: Double) -> (Value, Value, [Value]) {
      let a = Value(x)
      let b = Value(y)
      return (a, b, grad(of: operation.apply(a, b), withRespectTo: [a, b]))
    }
    let (a, b, first) = gradients(x, y)
    for index in 0..<2 {
      let second = grad(of: first[index], withRespectTo: [a, b])
      #expect(isClose(second[0].data, centralDifference({ gradients($0, y).2[index].data }, at: x)))
      #expect(isClose(second[1].data, centralDifference({ gradients(x, $0).2[index].data }, at: y)))
    }
    #expect(a.grad == 0, "grad(of:) leaves .grad alone")
  }
}

@Test func gradientsAtKinks() {
  let zero: Value = 0
  zero.relu().backward()
  zero.abs().backward()
  #expect(zero.grad == 0)
  let a: Value = 2
  let b: Value = 2
  a.max(b).backward()
  #expect(a.grad == 0.5 && b.grad == 0.5)
}

@Test func powersOfNegativeNumbersHaveAGradient() {
  let x: Value = -3
  (x ** 2).backward()
  #expect(x.grad == -6)
}

@Test func literalsAndNumbersOnEitherSide() {
  let x: Value = 3
  let two = 2.0
  #expect((x + 2).data == 5 && (2 + x).data == 5 && (x + two).data == 5 && (two + x).data == 5)
  #expect((x - 2).data == 1 && (2 - x).data == -1 && (x - two).data == 1 && (two - x).data == -1)
  #expect((x * 2.5).data == 7.5 && (2.5 * x).data == 7.5 && (x * two).data == 6)
  #expect((x / 2).data == 1.5 && (6 / x).data == 2 && (x / two).data == 1.5 && (two * x).data == 6)
  #expect((x ** 2).data == 9 && (2 ** x).data == 8 && (x ** two).data == 9 && (two ** x).data == 8)
  #expect((two / x).data == 2 / 3.0)
}

@Test func powerBindsCloserThanTimesAndToTheRight() {
  let x: Value = 3
  #expect((2 * x ** 2).data == 18)
  #expect((2 ** x ** 2).data == 512)
}
