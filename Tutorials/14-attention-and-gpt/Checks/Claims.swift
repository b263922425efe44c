check("shares sum to one", shares.sum(dim: 1).allclose(Tensor.ones([5])))
check("what comes later is hidden", shares.triu(diagonal: 1).abs().sum().item(), near: 0)
let shuffled = Tensor([3, 0, 4, 1, 2])
let plain = q.scaledDotProductAttention(k, v)
let again = q[shuffled].scaledDotProductAttention(k[shuffled], v[shuffled])
check(
  "attention alone does not know where a place is", again.allclose(plain[shuffled], atol: 1e-5))
check("at first it guesses", abs(start - log(Double(vocabulary.count))) < 0.3)
let doubt = exp(history.last("validation")!)
check("it is left with as much doubt as between four to five characters", (4...5).contains(doubt))
let characters = Array(line)
let recent = (0..<4).map { head in
  let rows = (4..<characters.count).map { looks[head, $0, ($0 - 2)...$0].sum().item() }
  return rows.reduce(0, +) / Double(rows.count)
}
check("some heads look at the last two or three (\(recent))", recent.max()! > 0.5)
let alike = (0..<4).map { head in
  // Of how much each character looks at equal ones further back, in proportion to equal shares.
  var gains: [Double] = []
  for place in characters.indices {
    let same = characters.indices.filter { $0 < place - 2 && characters[$0] == characters[place] }
    for other in same { gains.append(looks[head, place, other].item() * Double(place + 1)) }
  }
  return gains.reduce(0, +) / Double(gains.count)
}
check("one looks for characters that are alike (\(alike))", alike.max()! > 1.5)
