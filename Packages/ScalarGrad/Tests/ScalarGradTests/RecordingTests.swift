import ScalarGrad
import Testing

@Suite struct RecordingTests {
  @Test func eachStepIsTold() {
    let a = Value(2, label: "a")
    let b = Value(-3, label: "b")
    let c = a * b
    c.label = "c"
    let d = c + a
    d.label = "d"
    let recording = d.recordBackward()
    #expect(a.grad == -2 && b.grad == 2 && d.grad == 1)
    #expect(recording.graph == d.graph())
    #expect(
      recording.text == """
        start: the gradient of d is 1
        step 1 of 2: + gets 1
          to c: ∂d/∂c = 1
            hands on 1
          to a: ∂d/∂a = 1
            hands on 1
        step 2 of 2: * gets 1
          to a: ∂c/∂a = b = -3
            hands on -3, which makes -2
          to b: ∂c/∂b = a = 2
            hands on 2
        """)
    func gradients(_ frame: Int) -> [String] {
      recording.frame(frame).nodes.map { $0.field("grad")?.text ?? "" }
    }
    #expect(recording.graph.nodes.map(\.label) == ["a", "b", "*", "c", "+", "d"])
    #expect(gradients(0) == ["", "", "", "", "", "1"])
    #expect(gradients(1) == ["1", "", "", "1", "", "1"])
    #expect(gradients(2) == ["-2", "2", "", "1", "", "1"])
    let last = recording.frame(2)
    #expect(
      last.nodes.map(\.mark) == [.reached, .reached, .running, .reached, nil, .reached])
    #expect(last.edges.map(\.isHighlighted) == [true, true, false, false, false, false])
  }

  @Test func gradientsOfEarlierPassesAreInTheSums() {
    let x = Value(3, label: "x")
    (x * 2.0).backward()
    #expect((x * x).recordBackward().text.hasSuffix("hands on 3, which makes 8"))
    #expect(x.grad == 8)
  }

  /// Every operation has a formula for each of its derivatives.
  @Test func allOperationsHaveFormulas() {
    let (x, y) = (Value(0.5, label: "x"), Value(2, label: "y"))
    let results = [
      x + y, x - y, x * y, x / y, x ** y, -x, x.max(y), x.exp(), x.log(), x.tanh(), x.sigmoid(),
      x.relu(), x.sin(), x.cos(), x.sqrt(), x.abs(),
    ]
    for result in results {
      let steps = result.recordBackward().steps
      #expect(steps.count == 1)
      #expect(steps[0].contributions.allSatisfy { $0.formula.hasPrefix("∂") })
    }
  }

  @Test func aLongHistory() {
    var x: Value = 1
    for _ in 0..<100_000 { x = x + 1 }
    #expect(x.recordBackward().steps.count == 100_000)
  }
}
