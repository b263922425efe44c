// Matrix products and factorizations.

import Tensors

let linearAlgebra: [String: Operation] = [
  "__rmatmul__": .binary { $1.matmul($0) },
  "addmm": Operation("input mat1 mat2 beta alpha") {
    try $0["input"].addmm(
      $0["mat1"], $0["mat2"], beta: $0.number("beta", 1), alpha: $0.number("alpha", 1))
  },
  "bmm": .binary { $0.bmm($1) },
  "cholesky": Operation("input -upper") { try $0["input"].cholesky() },
  "dot": .binary { $0.dot($1) },
  "einsum": Operation("tensors equation") {
    try .einsum($0.text("equation") ?? "", $0.tensors("tensors"))
  },
  "linalg.cholesky": Operation("input -upper") { try $0["input"].cholesky() },
  "linalg.det": .unary { $0.det() },
  // The signs of eigenvectors are arbitrary.
  "linalg.eigh": .several("input -UPLO=L") {
    let (values, vectors) = try $0["input"].eigh()
    return [values, vectors.abs()]
  },
  "linalg.inv": .unary { $0.inverse() },
  "linalg.matrix_norm": Operation("input ord dim keepdim -dtype") {
    guard try $0.ints("dim", [-2, -1]) == [-2, -1] else { throw $0.missing("dim") }
    return try norm($0["input"], $0, "ord")
  },
  "linalg.norm": Operation("input ord dim keepdim -dtype") {
    let (x, dims) = (try $0["input"], try $0.dims("dim"))
    let isMatrix = dims.map { $0.count == 2 } ?? (x.ndim == 2 && $0.has("ord"))
    guard isMatrix else {
      return x.norm(try $0.number("ord", 2), dims: dims, keepDim: try $0.flag("keepdim"))
    }
    guard try $0.ints("dim", [-2, -1]) == [-2, -1] else { throw $0.missing("dim") }
    return try norm(x, $0, "ord")
  },
  "linalg.pinv": Operation("input -atol rtol -hermitian") {
    try $0["input"].pinverse(rcond: $0.number("rtol"))
  },
  "linalg.qr": .several("input -mode=reduced") {
    let (q, r) = try $0["input"].qr()
    return [q, r]
  },
  "linalg.slogdet": .several("input") {
    let (sign, logarithm) = try $0["input"].slogdet()
    return [sign, logarithm]
  },
  "linalg.solve": Operation("input other -left=True") { try $0["input"].solve($0["other"]) },
  "linalg.svd": .several("input -full_matrices=False -driver") {
    let (u, s, vh) = try $0["input"].svd()
    return [u.abs(), s, vh.abs()]
  },
  "matmul": .binary { $0.matmul($1) },
  "mm": .binary { $0.mm($1) },
  "mv": .binary { $0.mv($1) },
  "outer": .binary { $0.outer($1) },
  "pinverse": Operation("input rcond") { try $0["input"].pinverse(rcond: $0.number("rcond")) },
  "qr": .several("input -some=True") {
    let (q, r) = try $0["input"].qr()
    return [q, r]
  },
  "svd": .several("input -some=True -compute_uv=True") {
    let (u, s, vh) = try $0["input"].svd()
    return [u.abs(), s, vh.mT.abs()]
  },
  "tensordot": Operation("input other dims") {
    let (a, b) = (try $0["input"], try $0["other"])
    if $0.isInt("dims") { return .tensordot(a, b, dims: try $0.int("dims", 2)) }
    let pairs = $0.list("dims").map { dims -> [Int] in
      guard case .list(let list) = dims else { return [] }
      return list.compactMap { if case .integer(let dim) = $0 { dim } else { nil } }
    }
    return .tensordot(a, b, dims: (pairs[0], pairs[1]))
  },
  "trace": .unary { $0.trace() },
]

/// A matrix norm, which PyTorch selects by a name or a number.
func norm(_ x: Tensor, _ call: Call, _ name: String) throws -> Tensor {
  let kind: Tensor.MatrixNorm =
    if let word = try? call.text(name) {
      switch word {
      case "fro": .frobenius
      case "nuc": .nuclear
      default: throw call.missing(name)
      }
    } else {
      switch try call.number(name) {
      case nil: .frobenius
      case 1: .one
      case 2: .spectral
      case .infinity: .infinity
      default: throw MissingOption(name: "\(name) of \(try call.number(name, 0))")
      }
    }
  return x.matrixNorm(kind, keepDim: try call.flag("keepdim"))
}
