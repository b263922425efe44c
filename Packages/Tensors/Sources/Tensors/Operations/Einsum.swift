// Products given by an equation, and special cases of matmul.

extension Tensor {
  /// The sum of products that an equation specifies: `torch.einsum`.
  ///
  ///     Tensor.einsum("bij,bjk->bik", a, b)
  ///
  /// Each letter is a dim; letters missing from the result are summed over. Without `->`, the
  /// result has the letters that occur once, in alphabetical order. `...` stands for any dims,
  /// which broadcast. Operands are multiplied from left to right, each pair as one matrix product.
  public static func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
    einsum(equation, operands)
  }

  /// The sum of products that an equation specifies, of operands in an array: `torch.einsum`.
  public static func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
    let dtype = operands.dropFirst().reduce(operands[0].dtype) { $1.dtype.promoted(with: $0) }
    if dtype.isHalf, operands.count > 2 {
      return einsum(equation, operands.map(\.withoutHalves)).to(dtype)
    }
    let plan = EinsumPlan(equation, operands)
    var result = plan.operands[0]
    var letters = plan.letters[0]
    for index in operands.indices.dropFirst() {
      let later = Set(plan.letters[(index + 1)...].joined()).union(plan.output)
      (result, letters) = pairProduct(
        (result, letters), (plan.operands[index], plan.letters[index]), kept: later)
    }
    let summed = letters.indices.filter { !plan.output.contains(letters[$0]) }
    if !summed.isEmpty {
      result = result.sum(dims: summed)
      letters = letters.filter { plan.output.contains($0) }
    }
    return result.permute(plan.output.map { letters.firstIndex(of: $0)! })
  }

  /// The product of two operands as a batched matrix product, keeping the letters that are needed
  /// later.
  private static func pairProduct(
    _ a: (tensor: Tensor, letters: [Int]), _ b: (tensor: Tensor, letters: [Int]), kept: Set<Int>
  ) -> (Tensor, [Int]) {
    // Letters of one operand alone that are not needed later are summed first.
    func reduced(_ x: (tensor: Tensor, letters: [Int]), _ other: [Int]) -> (Tensor, [Int]) {
      let gone = x.letters.indices.filter {
        !kept.contains(x.letters[$0]) && !other.contains(x.letters[$0])
      }
      guard !gone.isEmpty else { return (x.tensor, x.letters) }
      return (
        x.tensor.sum(dims: gone),
        x.letters.indices.filter { !gone.contains($0) }.map { x.letters[$0] }
      )
    }
    let ((x, xs), (y, ys)) = (reduced(a, b.letters), reduced(b, a.letters))
    let both = xs.filter { ys.contains($0) }
    let (batch, contracted) = (both.filter(kept.contains), both.filter { !kept.contains($0) })
    let (left, right) = (xs.filter { !both.contains($0) }, ys.filter { !both.contains($0) })
    func arranged(_ x: Tensor, _ letters: [Int], _ order: [Int]) -> Tensor {
      x.permute(order.map { letters.firstIndex(of: $0)! })
    }
    let p = arranged(x, xs, batch + left + contracted)
    let q = arranged(y, ys, batch + contracted + right)
    // Sizes of 1 broadcast.
    let sizes = zip(p.shape.prefix(batch.count), q.shape.prefix(batch.count)).map {
      $0 == 1 ? $1 : $0
    }
    let inner = zip(p.shape.suffix(contracted.count), q.shape.dropFirst(batch.count)).map {
      $0 == 1 ? $1 : $0
    }
    let (rows, columns) = (
      Array(p.shape[batch.count..<batch.count + left.count]), Array(q.shape.suffix(right.count))
    )
    func product(_ sizes: [Int]) -> Int { sizes.reduce(1, *) }
    let matrixA = p.expand(sizes + rows + inner).reshape(
      [product(sizes), product(rows), product(inner)])
    let matrixB = q.expand(sizes + inner + columns).reshape(
      [product(sizes), product(inner), product(columns)])
    return (matrixA.matmul(matrixB).reshape(sizes + rows + columns), batch + left + right)
  }

  /// The product of two tensors, contracted over the last dims of the first and as many first dims
  /// of the second: `torch.tensordot`.
  public static func tensordot(_ a: Tensor, _ b: Tensor, dims count: Int = 2) -> Tensor {
    guard (0...Swift.min(a.ndim, b.ndim)).contains(count) else {
      fatalError("tensordot: \(count) dims of tensors of shapes \(a.shape) and \(b.shape)")
    }
    return tensordot(a, b, dims: (Array(a.ndim - count..<a.ndim), Array(0..<count)))
  }

  /// The product of two tensors, contracted over the given dims of each, one of which may have size
  /// 1: `torch.tensordot`.
  public static func tensordot(_ a: Tensor, _ b: Tensor, dims: ([Int], [Int])) -> Tensor {
    let first = dims.0.map { a.checkedDim($0, for: "tensordot") }
    let second = dims.1.map { b.checkedDim($0, for: "tensordot") }
    var (sizesA, sizesB) = (a.shape, b.shape)
    for (i, j) in zip(first, second) {
      if sizesA[i] == 1 { sizesA[i] = sizesB[j] }
      if sizesB[j] == 1 { sizesB[j] = sizesA[i] }
    }
    let (a, b) = (a.expand(sizesA), b.expand(sizesB))
    guard first.map({ a.shape[$0] }) == second.map({ b.shape[$0] }) else {
      fatalError(
        "tensordot: dims \(dims.0) of shape \(a.shape) and \(dims.1) of shape \(b.shape) differ in size"
      )
    }
    let rows = (0..<a.ndim).filter { !first.contains($0) }
    let columns = (0..<b.ndim).filter { !second.contains($0) }
    let size = first.map { a.shape[$0] }.reduce(1, *)
    let left = a.permute(rows + first).reshape([rows.map { a.shape[$0] }.reduce(1, *), size])
    let right = b.permute(second + columns).reshape(
      [size, columns.map { b.shape[$0] }.reduce(1, *)])
    return left.matmul(right).reshape(rows.map { a.shape[$0] } + columns.map { b.shape[$0] })
  }

  /// The product of two vectors: `torch.dot`.
  public func dot(_ other: Tensor) -> Tensor { matmul(other, of: [1, 1], "dot") }
  /// A matrix times a vector: `torch.mv`.
  public func mv(_ vector: Tensor) -> Tensor { matmul(vector, of: [2, 1], "mv") }
  /// The product of two matrices: `torch.mm`.
  public func mm(_ other: Tensor) -> Tensor { matmul(other, of: [2, 2], "mm") }
  /// The product of two batches of matrices: `torch.bmm`.
  public func bmm(_ other: Tensor) -> Tensor { matmul(other, of: [3, 3], "bmm") }

  private func matmul(_ other: Tensor, of ranks: [Int], _ name: String) -> Tensor {
    guard [ndim, other.ndim] == ranks, ranks[0] < 3 || shape[0] == other.shape[0] else {
      fatalError(
        "\(name): shapes \(shape) and \(other.shape); it takes tensors of \(ranks[0]) and \(ranks[1]) "
          + "dims, and equal batch sizes")
    }
    return matmul(other)
  }

  /// The outer product of two vectors: `torch.outer`.
  public func outer(_ other: Tensor) -> Tensor {
    guard ndim == 1, other.ndim == 1 else {
      fatalError("outer: shapes \(shape) and \(other.shape); both must be vectors")
    }
    return unsqueeze(1) * other
  }

  /// The sum of a matrix's diagonal: `torch.trace`.
  public func trace() -> Tensor {
    if let wide = raised(.everywhere) { return wide.trace() }
    guard ndim == 2 else { fatalError("trace: shape \(shape); it takes a matrix") }
    return diagonal().sum()
  }

  /// β · x + α · a•b: `torch.addmm`.
  public func addmm(_ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1) -> Tensor {
    roundedOnce(self, a, b) { sum, a, b in
      func scaled(_ x: Tensor, _ factor: Double) -> Tensor {
        if factor == 1 { return x }
        return x.dtype.isFloatingPoint ? x * factor : x * Int(factor)
      }
      // A term with a factor of 0 is ignored, even where it is NaN.
      let zeros = Tensor.zeros([a.shape[0], b.shape[b.ndim - 1]], dtype: a.dtype, device: a.device)
      let product = alpha == 0 ? zeros : scaled(a.mm(b), alpha)
      return beta == 0 ? product : scaled(sum, beta) + product
    }
  }
}

/// A parsed equation, with operands whose dims have one letter each.
private struct EinsumPlan {
  /// A letter is its code point; the dims of an ellipsis are -1, -2, …, from the last one on.
  var letters: [[Int]] = []
  var output: [Int] = []
  var operands: [Tensor] = []

  init(_ equation: String, _ tensors: [Tensor]) {
    func fail(_ reason: String) -> Never {
      fatalError("einsum: “\(equation)” for shapes \(tensors.map(\.shape)): \(reason)")
    }
    let sides = equation.replacing(" ", with: "").split(
      separator: "->", omittingEmptySubsequences: false)
    guard sides.count <= 2 else { fail("more than one ->") }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == tensors.count, !tensors.isEmpty else {
      fail("it names \(terms.count) operands, not \(tensors.count)")
    }
    func read(_ term: Substring, rest: Int) -> [Int] {
      let parts = term.split(separator: "...", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { fail("more than one ...") }
      let named = parts.map { $0.unicodeScalars.map { Int($0.value) } }
      guard parts.joined().allSatisfy({ $0.isLetter && $0.isASCII }) else {
        fail("dims are letters from a to z")
      }
      return parts.count == 1 ? named[0] : named[0] + (0..<rest).map { $0 - rest } + named[1]
    }
    var widest = 0
    var sizes: [Int: Int] = [:]
    for (term, tensor) in zip(terms, tensors) {
      let rest = tensor.ndim - term.filter(\.isLetter).count
      var names = read(term, rest: Swift.max(rest, 0))
      guard names.count == tensor.ndim else { fail("“\(term)” does not name \(tensor.ndim) dims") }
      if term.contains("...") { widest = Swift.max(widest, rest) }
      // A letter that occurs twice stands for a diagonal.
      var operand = tensor
      while let second = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
        let first = names.firstIndex(of: names[second])!
        guard operand.shape[first] == operand.shape[second] else {
          fail("a letter that is repeated in “\(term)” has two sizes")
        }
        operand = operand.diagonal(dim1: first, dim2: second).movedim(-1, first)
        names.remove(at: second)
      }
      for (name, size) in zip(names, operand.shape) where size != 1 {
        if let known = sizes[name], known != size {
          fail("a letter has the sizes \(known) and \(size)")
        }
        sizes[name] = size
      }
      letters.append(names)
      operands.append(operand)
    }
    if sides.count == 2 {
      output = read(sides[1], rest: widest)
      guard Set(output).count == output.count else { fail("the result repeats a letter") }
      guard output.allSatisfy({ letters.joined().contains($0) }) else {
        fail("the result has a letter that no operand has")
      }
    } else {
      let all = terms.joined().filter(\.isLetter).unicodeScalars.map { Int($0.value) }
      output =
        (0..<widest).map { $0 - widest }
        + all.filter { letter in all.count { $0 == letter } == 1 }.sorted()
    }
  }
}
