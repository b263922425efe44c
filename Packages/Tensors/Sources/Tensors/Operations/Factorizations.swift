// Linear algebra with LAPACK, in float64 or else float32, batched over the dims before the last
// two. Each function is next to its derivative.

extension Operator {
  fileprivate static let det = Operator(
    "det",
    .wrt(.x, saving: .x, "∂det x/∂x = det x·x⁻ᵀ") { g, x in
      g.unsqueeze(-1).unsqueeze(-1) * x.cofactors()
    }.forward { t, x in (t * x.cofactors()).sum(dims: [-2, -1]) })
  fileprivate static let slogdet = Operator(
    "slogdet",
    .wrt(.x, saving: .x, "∂log|det x|/∂x = x⁻ᵀ") { g, x in
      g.unsqueeze(-1).unsqueeze(-1) * x.inverse().mT
    }.forward { t, x in (t * x.inverse().mT).sum(dims: [-2, -1]) })
  fileprivate static let inverse = Operator(
    "inverse", precision: .everywhere,
    .wrt(.x, saving: .output, "∂L/∂x = -yᵀ • g • yᵀ") { g, y in
      -y.mT.matmul(g).matmul(y.mT)
    }.forward { t, y in -y.matmul(t).matmul(y) })
  fileprivate static let solve = Operator(
    "solve", precision: .everywhere,
    .wrt(.x, saving: .x, .y, "∂L/∂x = -(x⁻ᵀ•g) • yᵀ") { g, x, y in
      -x.mT.solve(g).matmul(x.solve(y).mT)
    }.forward { t, x, y in -x.solve(t.matmul(x.solve(y))) },
    .wrt(.y, saving: .x, "∂L/∂b = x⁻ᵀ • g") { g, x in x.mT.solve(g) }
      .forward { t, x in x.solve(t) })
  fileprivate static let cholesky = Operator(
    "cholesky", precision: .everywhere,
    .wrt(.x, saving: .output, "∂L/∂x = l⁻ᵀ • Φ(lᵀ•g) • l⁻¹") { g, l in
      // Ā = L⁻ᵀ·Φ(Lᵀ·L̄)·L⁻¹, symmetrized, where Φ keeps the lower triangle and half the diagonal.
      let size = l.shape[l.ndim - 1]
      let half = 1 - Tensor.eye(size, dtype: l.dtype, device: l.device) * 0.5
      let phi = l.mT.matmul(g).tril() * half
      let inner = l.mT.solve(l.mT.solve(phi.mT).mT)
      return (inner + inner.mT) * 0.5
    })
  fileprivate static let qrOfQ = Operator(
    "qr", precision: .everywhere,
    .wrt(.x, saving: .x, "through q and r") { g, x in x.qrDerivative(g, nil) })
  fileprivate static let qrOfR = Operator(
    "qr", precision: .everywhere,
    .wrt(.x, saving: .x, "through q and r") { g, x in x.qrDerivative(nil, g) })
  fileprivate static let eighOfValues = Operator(
    "eigh", precision: .everywhere,
    .wrt(.x, saving: .x, "through eigenvalues and vectors") { g, x in
      let (_, v) = x.eigh()
      return (v * g.unsqueeze(-2)).matmul(v.mT)
    })
  fileprivate static let eighOfVectors = Operator(
    "eigh", precision: .everywhere,
    .wrt(.x, saving: .x, "through eigenvalues and vectors") { g, x in
      let (w, v) = x.eigh()
      let distance = w.unsqueeze(-2) - w.unsqueeze(-1)
      let inner = v.mT.matmul(g).dividedWhereNonzero(distance)
      let gradient = v.matmul(inner).matmul(v.mT)
      return (gradient + gradient.mT) * 0.5
    })
  fileprivate static let svdOfU = Operator(
    "svd", precision: .everywhere,
    .wrt(.x, saving: .x, "through u, s and v") { g, x in x.svdDerivative(g, nil, nil) })
  fileprivate static let svdOfS = Operator(
    "svd", precision: .everywhere,
    .wrt(.x, saving: .x, "through u, s and v") { g, x in x.svdDerivative(nil, g, nil) })
  fileprivate static let svdOfV = Operator(
    "svd", precision: .everywhere,
    .wrt(.x, saving: .x, "through u, s and v") { g, x in x.svdDerivative(nil, nil, g) })
}

extension Tensor {
  /// The determinants of square matrices: `torch.linalg.det`.
  public func det() -> Tensor {
    signedDiagonal("det").prod(dims: [-1]).to(dtype).recorded(.det, self)
  }

  /// The cofactors, which are the derivative of the determinant: det(A)·A⁻ᵀ, also defined for
  /// singular matrices.
  fileprivate func cofactors() -> Tensor {
    if numel == 0 { return self }
    let determinant = det()
    let size = shape[ndim - 1]
    if noGrad({ reciprocalCondition().amin().item() > dtype.epsilon * 10 }) {
      return determinant.unsqueeze(-1).unsqueeze(-1) * inverse().mT
    }
    // The minors, with alternating signs.
    let rows = (0..<size).map { row in
      Tensor.stack(
        (0..<size).map { column in
          let sign = (row + column) % 2 == 0 ? 1.0 : -1.0
          return without(row, dim: -2).without(column, dim: -1).det() * sign
        }, dim: -1)
    }
    return .stack(rows, dim: -2)
  }

  /// The ratio of the smallest singular value to the largest.
  private func reciprocalCondition() -> Tensor {
    let s = svd().s
    let largest = s.amax(dims: [-1])
    return .where(largest .> 0, s.amin(dims: [-1]) / largest, 0)
  }

  /// A copy without one index along a dim.
  private func without(_ place: Int, dim: Int) -> Tensor {
    let size = shape[checkedDim(dim, for: "det")]
    return .cat(
      [
        narrow(dim, start: 0, length: place),
        narrow(dim, start: place + 1, length: size - place - 1),
      ], dim: dim)
  }

  /// The sign of the determinant, and the logarithm of its absolute value: `torch.linalg.slogdet`.
  public func slogdet() -> (sign: Tensor, logabsdet: Tensor) {
    let diagonal = signedDiagonal("slogdet")
    let logarithm = diagonal.abs().log().sum(dims: [-1])
    return (
      diagonal.sign().prod(dims: [-1]).to(dtype),
      logarithm.to(dtype).recorded(.slogdet, self)
    )
  }

  /// The inverses of square matrices: `torch.linalg.inv`. Stops the program if one is singular.
  public func inverse() -> Tensor {
    if let wide = prepared(for: .inverse) { return wide.inverse() }
    checkSquare("inverse")
    let (lu, pivots) = invertibleFactors("inverse")
    let result = Tensor(empty: shape, dtype: lu.dtype, device: device)
    // The factors are the transpose's, and the result is the transpose of its inverse.
    backend.luInverse(lu.view, pivots: pivots.view, into: result.view)
    return result.to(dtype).recorded(.inverse, self)
  }

  /// The solution X of A·X = B: `torch.linalg.solve`. B has matrices, a vector for each matrix, or
  /// one vector. Stops the program if A is singular.
  public func solve(_ b: Tensor) -> Tensor {
    if let wide = prepared(for: .solve) { return wide.solve(b.input(of: .solve)) }
    checkSquare("solve")
    if b.ndim == 1 || b.shape == Array(shape.dropLast()) {
      return solve(b.unsqueeze(-1)).squeeze(-1)
    }
    guard b.ndim >= 2, b.shape[b.ndim - 2] == shape[ndim - 1],
      let batch = Layout.broadcastShape(shape.dropLast(2) + [], b.shape.dropLast(2) + [])
    else {
      fatalError("solve: shapes \(shape) and \(b.shape) do not fit: [n, n] and [n, columns]")
    }
    let a = expand(batch + shape.suffix(2))
    let right = b.expand(batch + b.shape.suffix(2))
    let (lu, pivots) = a.invertibleFactors("solve")
    let columns = right.columnMajor()
    backend.luSolve(lu.view, pivots: pivots.view, transposed: true, into: columns.view)
    return columns.mT.to(dtype).recorded(.solve, a, right)
  }

  private func invertibleFactors(_ name: String) -> (lu: Tensor, pivots: Tensor) {
    let (lu, pivots) = factors(name)
    if (lu.diagonal(dim1: -2, dim2: -1) .== 0).anyTrue {
      fatalError(
        "\(name): a matrix is singular, so it has no inverse; pinverse() computes a pseudoinverse")
    }
    return (lu, pivots)
  }

  /// The LU factorization of the transpose, with column-major L and U in one matrix, and the
  /// pivots.
  private func factors(_ name: String) -> (lu: Tensor, pivots: Tensor) {
    checkSquare(name)
    // Rows are the columns of the transpose, which has the same determinant.
    let a = rowMajor()
    let pivots = Tensor(empty: a.shape.dropLast() + [], dtype: .int32, device: device)
    backend.lu(a.view, pivots: pivots.view)
    return (a, pivots)
  }

  /// The diagonal of U, with a sign for each row exchange; their product is the determinant.
  private func signedDiagonal(_ name: String) -> Tensor {
    let (lu, pivots) = factors(name)
    let diagonal = lu.diagonal(dim1: -2, dim2: -1)
    let places = Tensor.arange(1, shape[ndim - 1] + 1, device: device).to(.int32)
    return .where(pivots .!= places, -diagonal, diagonal)
  }

  /// The Cholesky factor L, with L·Lᵀ = A, of symmetric positive-definite matrices:
  /// `torch.linalg.cholesky`.
  public func cholesky() -> Tensor {
    if let wide = prepared(for: .cholesky) { return wide.cholesky() }
    checkSquare("cholesky")
    // The lower triangle of rows is the upper one of columns.
    let a = rowMajor()
    let failed = failureFlags()
    backend.cholesky(a.view, failed: failed.view)
    if let place = failed.firstTrue {
      fatalError("cholesky: matrix \(place) of shape \(shape) is not positive definite")
    }
    return a.to(dtype).recorded(.cholesky, self)
  }

  /// The QR factorization Q·R = A, with orthonormal columns in Q and an upper triangular R:
  /// `torch.linalg.qr`. The gradient requires the first columns to be linearly independent.
  public func qr() -> (q: Tensor, r: Tensor) {
    if let wide = prepared(for: .qrOfQ) { return wide.qr() }
    checkMatrix("qr")
    let (m, n) = (shape[ndim - 2], shape[ndim - 1])
    let k = Swift.min(m, n)
    let a = columnMajor()
    let batch = shape.dropLast(2) + []
    let q = Tensor(empty: batch + [k, m], dtype: a.dtype, device: device)
    let r = Tensor(empty: batch + [n, k], dtype: a.dtype, device: device)
    backend.qr(a.view, q: q.view, r: r.view)
    return (
      q.mT.to(dtype).recorded(.qrOfQ, self), r.mT.to(dtype).recorded(.qrOfR, self)
    )
  }

  /// Flags for the matrices that a factorization fails for.
  private func failureFlags() -> Tensor {
    Tensor(empty: [shape.dropLast(2).reduce(1, *)], dtype: .bool, device: device)
  }

  /// The index of the first true element; reading it waits for the device.
  private var firstTrue: Int? { scalars(as: Bool.self).firstIndex(of: true) }

  /// The gradient of this matrix, given those of Q and R.
  fileprivate func qrDerivative(_ gq: Tensor?, _ gr: Tensor?) -> Tensor {
    // Ā = (Q̄ + Q·symmetric(M))·R⁻ᵀ, where M = R·R̄ᵀ - Q̄ᵀ·Q, of which the lower triangle is
    // mirrored.
    func derivative(_ q: Tensor, _ r: Tensor, _ gq: Tensor?, _ gr: Tensor?) -> Tensor {
      let left = gr.map { r.matmul($0.mT) }
      let right = gq.map { $0.mT.matmul(q) }
      let mixed = left.map { l in right.map { l - $0 } ?? l } ?? -right!
      let lower = mixed.tril(diagonal: -1)
      let whole = mixed.tril() + lower.mT
      let inner = gq.map { $0 + q.matmul(whole) } ?? q.matmul(whole)
      return r.solve(inner.mT).mT
    }
    let (q, r) = qr()
    let (m, n) = (shape[ndim - 2], shape[ndim - 1])
    guard m < n else { return derivative(q, r, gq, gr) }
    // The first m columns determine Q; the other columns of R are Qᵀ·A.
    let rest = narrow(-1, start: m, length: n - m)
    let square = r.narrow(-1, start: 0, length: m)
    let gRest = gr.map { $0.narrow(-1, start: m, length: n - m) }
    let gSquare = gr.map { $0.narrow(-1, start: 0, length: m) }
    let fromRest = gRest.map { rest.matmul($0.mT) }
    let whole = gq.map { own in fromRest.map { own + $0 } ?? own } ?? fromRest
    let first = derivative(q, square, whole, gSquare)
    let last = gRest.map { q.matmul($0) } ?? .zerosLike(rest)
    return .cat([first, last], dim: -1)
  }

  /// The eigenvalues, in ascending order, and eigenvectors of symmetric matrices, V·W·Vᵀ = A:
  /// `torch.linalg.eigh`. Only the lower triangle is read. The gradient of the eigenvectors
  /// requires distinct eigenvalues.
  public func eigh() -> (values: Tensor, vectors: Tensor) {
    if let wide = prepared(for: .eighOfValues) { return wide.eigh() }
    checkSquare("eigh")
    let a = columnMajor()
    let values = Tensor(empty: shape.dropLast() + [], dtype: a.dtype, device: device)
    let failed = failureFlags()
    backend.eigh(a.view, values: values.view, failed: failed.view)
    if let place = failed.firstTrue {
      let cause = isfinite().all().item(as: Bool.self) ? "" : ": it holds NaN or infinity"
      fatalError(
        "eigh: the algorithm did not converge for matrix \(place) of shape \(shape)\(cause)")
    }
    return (
      values.to(dtype).recorded(.eighOfValues, self),
      a.mT.to(dtype).recorded(.eighOfVectors, self)
    )
  }

  /// The reduced singular value decomposition U·S·Vᵀ = A, with singular values in descending order:
  /// `torch.linalg.svd` with `full_matrices=False`. The gradients of U and Vᵀ require distinct
  /// singular values.
  public func svd() -> (u: Tensor, s: Tensor, vh: Tensor) {
    if let wide = prepared(for: .svdOfS) { return wide.svd() }
    checkMatrix("svd")
    let (m, n) = (shape[ndim - 2], shape[ndim - 1])
    let k = Swift.min(m, n)
    let batch = shape.dropLast(2) + []
    let a = columnMajor()
    let u = Tensor(empty: batch + [k, m], dtype: a.dtype, device: device)
    let s = Tensor(empty: batch + [k], dtype: a.dtype, device: device)
    let v = Tensor(empty: batch + [n, k], dtype: a.dtype, device: device)
    let failed = failureFlags()
    backend.svd(a.view, left: u.view, values: s.view, right: v.view, failed: failed.view)
    if let place = failed.firstTrue {
      let cause = isfinite().all().item(as: Bool.self) ? "" : ": it holds NaN or infinity"
      fatalError(
        "svd: the algorithm did not converge for matrix \(place) of shape \(shape)\(cause)")
    }
    return (
      u.mT.to(dtype).recorded(.svdOfU, self), s.to(dtype).recorded(.svdOfS, self),
      v.mT.to(dtype).recorded(.svdOfV, self)
    )
  }

  /// The gradient of this matrix, given those of U, S and Vᵀ.
  fileprivate func svdDerivative(_ gu: Tensor?, _ gs: Tensor?, _ gv: Tensor?) -> Tensor {
    // Ā = U·[(F∘(Uᵀ·Ū)ₐ)·S + S·(F∘(Vᵀ·V̄)ₐ) + S̄]·Vᵀ, plus the parts outside the spans of U and V,
    // where Fᵢⱼ = 1 / (sⱼ² - sᵢ²) and Xₐ = X - Xᵀ.
    let (u, s, vh) = svd()
    let k = s.shape[s.ndim - 1]
    let square = s.square()
    let distance = square.unsqueeze(-2) - square.unsqueeze(-1)
    func turned(_ x: Tensor) -> Tensor {
      (x - x.mT).dividedWhereNonzero(distance)
    }
    var result = Tensor.zerosLike(self)
    if let gs { result = result + (u * gs.unsqueeze(-2)).matmul(vh) }
    if let gu {
      result = result + (u.matmul(turned(u.mT.matmul(gu))) * s.unsqueeze(-2)).matmul(vh)
      if shape[ndim - 2] > k {
        let outside = gu - u.matmul(u.mT.matmul(gu))
        result = result + (outside / s.unsqueeze(-2)).matmul(vh)
      }
    }
    if let gv {
      result = result + u.matmul(s.unsqueeze(-1) * turned(vh.matmul(gv.mT)).matmul(vh))
      if shape[ndim - 1] > k {
        let outside = gv - gv.matmul(vh.mT).matmul(vh)
        result = result + u.matmul(outside / s.unsqueeze(-1))
      }
    }
    return result
  }

  /// The pseudoinverse: `torch.linalg.pinv`. Singular values up to `rcond` times the largest count
  /// as 0; by default, `rcond` is the dtype's epsilon times the larger size.
  public func pinverse(rcond: Double? = nil) -> Tensor {
    let (u, s, vh) = svd()
    guard s.numel > 0 else {
      return .zeros(mT.shape, dtype: dtype, device: device)
    }
    let limit = rcond ?? dtype.epsilon * Double(Swift.max(shape[ndim - 2], shape[ndim - 1]))
    let isLarge = noGrad { s .> s.amax(dims: [-1], keepDim: true) * limit }
    let inverse = Tensor.where(isLarge, 1 / Tensor.where(isLarge, s, 1), 0)
    return (vh.mT * inverse.unsqueeze(-2)).matmul(u.mT)
  }

  /// The norm of matrices: `torch.linalg.matrix_norm`.
  public func matrixNorm(_ kind: MatrixNorm = .frobenius, keepDim: Bool = false) -> Tensor {
    checkMatrix("matrixNorm")
    let result: Tensor =
      switch kind {
      case .frobenius: norm(dims: [-2, -1])
      case .nuclear: svd().s.sum(dim: -1)
      case .spectral: svd().s.largest
      case .one: abs().sum(dim: -2).largest
      case .infinity: abs().sum(dim: -1).largest
      }
    return keepDim ? result.unsqueeze(-1).unsqueeze(-1) : result
  }

  /// The maximum along the last dim, and 0 if it is empty.
  private var largest: Tensor {
    shape[ndim - 1] == 0 ? sum(dim: -1) : amax(dims: [-1])
  }

  /// The kinds of norms of ``matrixNorm(_:keepDim:)``.
  public enum MatrixNorm: Sendable {
    /// The square root of the sum of squares.
    case frobenius
    /// The sum of the singular values.
    case nuclear
    /// The largest singular value.
    case spectral
    /// The largest sum of absolute values in a column.
    case one
    /// The largest sum of absolute values in a row.
    case infinity
  }

  /// x / distance, and 0 where the distance is 0, as it is between a value and itself.
  fileprivate func dividedWhereNonzero(_ distance: Tensor) -> Tensor {
    let isSame = distance .== 0
    return .where(isSame, 0, self / Tensor.where(isSame, 1, distance))
  }

  /// A copy with matrices in column-major order, the last dim being a column, in float64 or
  /// float32.
  private func columnMajor() -> Tensor { mT.rowMajor() }

  /// A contiguous copy in float64 or float32.
  private func rowMajor() -> Tensor {
    Tensor(view.copied(to: dtype == .float64 ? .float64 : .float32))
  }

  private func checkMatrix(_ operation: String) {
    guard ndim >= 2, dtype.isFloatingPoint else {
      fatalError(
        "\(operation): \(dtype) of shape \(shape); it takes floating-point matrices, of at least 2 dims"
      )
    }
  }

  private func checkSquare(_ operation: String) {
    checkMatrix(operation)
    guard shape[ndim - 1] == shape[ndim - 2] else {
      fatalError("\(operation): shape \(shape); it takes square matrices")
    }
  }
}
