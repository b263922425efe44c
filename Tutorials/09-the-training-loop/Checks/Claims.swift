func curve(_ kind: String, of history: History = history) -> [(epoch: Double, value: Double)] {
  history.series["\(kind) loss"]!.map { ($0.position, $0.value) }
}
check("undecided is log 2", crossEntropy(unsure, Tensor([1])).item(), near: 0.693147)
check("right and sure costs next to nothing", crossEntropy(sure, Tensor([1])).item() < 0.01)
check("the loss on the same points is smaller", crossEntropy(model(x), y).item() < loss.item())
let known = curve("training").map(\.value)
check("the training loss falls", known.last! < known[0] / 5)
check("within twenty epochs it is as low as it gets", best.position <= 20)
let later = curve("validation").filter { $0.epoch > best.position }.map(\.value)
check(
  "from there on it rises", later.last! > 2 * best.value && later.allSatisfy { $0 > best.value })
check(
  "the training loss is higher with cures", curve("training", of: better).last!.value > known.last!)
let cure = curve("validation", of: better).map(\.value)
check("and the validation loss stays low", cure.max()! < later.last!)
check("a hundred times the usual", 1 / AdamW(plain.parameters()).groups[0].weightDecay, near: 100)
