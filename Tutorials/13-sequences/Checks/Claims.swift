check("pure guessing is log 27", log(27.0), near: 3.30, within: 0.01)
check("counting pairs is better than guessing", surprise.item() < log(27.0) - 0.5)
check("the network is better than the pairs", history.last("validation")! < surprise.item() - 0.3)
let common = table[vocabulary["q"]!]
check("after q comes u", common.argmax().item(as: Int.self), is: vocabulary["u"]!)
let sharp = (common.log() / 0.5).softmax(dim: 0)
let flat = (common.log() / 1.5).softmax(dim: 0)
check(
  "below a temperature of 1 the likely becomes likelier",
  sharp.amax().item() > common.amax().item())
check("above 1 the network dares more", flat.amax().item() < common.amax().item())
func distance(_ a: Character, _ b: Character) -> Double {
  (places[vocabulary[a]!] - places[vocabulary[b]!]).square().sum().sqrt().item()
}
let (vowels, consonants) = (Array("aeiou"), Array("bcdfghjklmnpqrstvwxz"))
func mean(_ a: [Character], _ b: [Character]) -> Double {
  let pairs = a.flatMap { x in b.filter { $0 != x }.map { distance(x, $0) } }
  return pairs.reduce(0, +) / Double(pairs.count)
}
check("vowels stand apart", mean(consonants, consonants) < mean(vowels, consonants))
check("u and o keep together", distance("u", "o") < mean(vowels, consonants) / 2)
check("q and x too", distance("q", "x") < mean(consonants, consonants) / 2)
