import Graphs
import ScalarGrad
import Testing

@Test func aValueUsedTwiceGetsBothContributions() {
  let a: Value = 3
  let b = a * a + a
  b.backward()
  #expect(a.grad == 7)
}

@Test func gradientsOfGivenValuesAddUp() {
  let a: Value = 2
  let b = a * 3
  let c = b * b
  c.backward()
  c.backward()
  #expect(a.grad == 72)
  #expect(b.grad == 12, "what was computed starts anew")
  a.grad = 0
  c.backward()
  #expect(a.grad == 36)
}

@Test func backwardOfAGivenValue() {
  let a: Value = 2
  a.backward()
  #expect(a.grad == 1)
}

/// The expression of micrograd's own test; the numbers are PyTorch's, in float64.
@Test func theExpressionOfMicrogradsTest() {
  let a = Value(-4.0)
  let b = Value(2.0)
  var c = a + b
  var d = a * b + b ** 3
  c = c + c + 1
  c = c + 1 + c + (-a)
  d = d + d * 2 + (b + a).relu()
  d = d + 3 * d + (b - a).relu()
  let e = c - d
  let f = e ** 2
  var g = f / 2.0
  g = g + 10.0 / f
  g.backward()
  #expect(abs(g.data - 24.70408163265306) < 1e-12)
  #expect(abs(a.grad - 138.83381924198252) < 1e-12)
  #expect(abs(b.grad - 645.5772594752186) < 1e-12)
}

@Test func assignmentsKeepTheHistory() {
  let a: Value = 3
  var b = a
  b += 1
  b *= a
  b -= 2
  b /= 4
  b.backward()
  #expect(b.data == 2.5 && a.grad == 1.75 && a.data == 3)
}

@Test func thirdDerivative() {
  let x: Value = 2
  var derivative = x ** 4 + x.sin()
  for _ in 0..<3 { derivative = grad(of: derivative, withRespectTo: x) }
  #expect(abs(derivative.data - (24 * 2 - 2.0.cosine)) < 1e-12)
}

extension Double {
  fileprivate var cosine: Double { Value(self).cos().data }
}

@Test func theDerivativeOfWhatDoesNotDependIsZero() {
  let x: Value = 2
  let y: Value = 5
  #expect(grad(of: x * 3, withRespectTo: y).data == 0)
  #expect(grad(of: x, withRespectTo: x).data == 1)
}

@Test func aMillionOperationsGoBackwardAndAreFreed() {
  let start: Value = 1
  var x = start
  for _ in 0..<1_000_000 { x = x * 1 }
  x.backward()
  #expect(start.grad == 1)
  x = 0
  var wide: Value = 0
  for _ in 0..<100_000 { wide = start * 2 + wide }
  #expect(grad(of: wide, withRespectTo: start).data == 200_000)
}

@Test func aPartOfAFreedHistoryStays() {
  var middle: Value? = nil
  do {
    let a: Value = 3
    middle = a * 2
    _ = (middle! + 1).exp()
  }
  middle!.backward()
  #expect(middle!.graph().nodes.map(\.label) == ["", "", "*", ""])
}

@Test func descriptions() {
  #expect(Value(2).description == "Value(data: 2.0, grad: 0.0)")
  #expect(Value(2, label: "a").description == "a: Value(data: 2.0, grad: 0.0)")
}

@Test func graphOfAnExpression() {
  let a = Value(2, label: "a")
  let b = Value(-3, label: "b")
  let c = a * b + a
  c.label = "c"
  c.backward()
  let graph = c.graph()
  #expect(graph == c.graph(), "the same computation gives the same graph")
  #expect(
    graph.nodes == [
      .init(.parameter, label: "a", fields: [.init("data", 2), .init("grad", -2)]),
      .init(.parameter, label: "b", fields: [.init("data", -3), .init("grad", 2)]),
      .init(.operation, label: "*"),
      .init(.value, label: "", fields: [.init("data", -6), .init("grad", 1)]),
      .init(.operation, label: "+"),
      .init(.value, label: "c", fields: [.init("data", -4), .init("grad", 1)]),
    ])
  #expect(
    graph.edges == [
      .init(from: 0, to: 2), .init(from: 1, to: 2), .init(from: 2, to: 3), .init(from: 3, to: 4),
      .init(from: 0, to: 4), .init(from: 4, to: 5),
    ])
}
