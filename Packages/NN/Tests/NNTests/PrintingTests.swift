import NN
import Testing

@Suite struct PrintingTests {
  private final class Two: Module {
    let layers = ModuleList([Linear(2, 3), Linear(2, 3), Sequential(ReLU(), Tanh()), ReLU()])
    let other = Sequential()
    override var extraDescription: String { "one line,\nand another" }
  }

  @Test func aModelPrintsAsPyTorchs() {
    #expect(
      Two().description == """
        Two(
          one line,
          and another
          (layers): ModuleList(
            (0-1): 2 x Linear(in_features=2, out_features=3, bias=True)
            (2): Sequential(
              (0): ReLU()
              (1): Tanh()
            )
            (3): ReLU()
          )
          (other): Sequential()
        )
        """)
  }

  /// Each line is written once, not once for each enclosing module.
  @Test func aDeepModelPrints() {
    let depth = 1000
    var model = Sequential(ReLU())
    for _ in 1..<depth { model = Sequential(model) }
    let lines = model.description.split(separator: "\n")
    #expect(lines.count == 2 * depth + 1)
    #expect(lines[depth].count == 2 * depth + "(0): ReLU()".count)
  }
}
