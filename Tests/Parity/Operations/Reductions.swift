// Reductions, and sorting along a dim.

import Tensors

let reductions: [String: Operation] = [
  "all": Operation("input dim keepdim") {
    try $0["input"].all(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "amax": Operation("input dim keepdim") {
    try $0["input"].amax(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "amin": Operation("input dim keepdim") {
    try $0["input"].amin(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "any": Operation("input dim keepdim") {
    try $0["input"].any(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "argmax": Operation("input dim keepdim") {
    guard let dim = try $0.int("dim") else { return try whole($0).argmax() }
    return try $0["input"].argmax(dim: dim, keepDim: $0.flag("keepdim"))
  },
  "argmin": Operation("input dim keepdim") {
    guard let dim = try $0.int("dim") else { return try whole($0).argmin() }
    return try $0["input"].argmin(dim: dim, keepDim: $0.flag("keepdim"))
  },
  "count_nonzero": Operation("input dim") { try $0["input"].countNonzero(dims: $0.dims("dim")) },
  "cumprod": Operation("input dim -dtype") { try $0["input"].cumprod(dim: $0.int("dim", 0)) },
  "cumsum": Operation("input dim -dtype") { try $0["input"].cumsum(dim: $0.int("dim", 0)) },
  "linalg.vector_norm": Operation("input ord dim keepdim -dtype") {
    try $0["input"].norm($0.number("ord", 2), dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "logsumexp": Operation("input dim keepdim") {
    try $0["input"].logsumexp(dims: $0.ints("dim", []), keepDim: $0.flag("keepdim"))
  },
  "max": .several("input dim keepdim") {
    let x = try $0["input"]
    if $0.isTensor("dim") { return [x.maximum(try $0["dim"])] }
    guard let dim = try $0.int("dim") else { return [x.max()] }
    let (values, indices) = x.max(dim: dim, keepDim: try $0.flag("keepdim"))
    return [values, indices]
  },
  "mean": Operation("input dim keepdim -dtype") {
    try $0["input"].mean(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "median": .several("input dim keepdim") {
    guard let dim = try $0.int("dim") else { return [try $0["input"].median()] }
    let (values, indices) = try $0["input"].median(dim: dim, keepDim: $0.flag("keepdim"))
    return [values, indices]
  },
  "min": .several("input dim keepdim") {
    let x = try $0["input"]
    if $0.isTensor("dim") { return [x.minimum(try $0["dim"])] }
    guard let dim = try $0.int("dim") else { return [x.min()] }
    let (values, indices) = x.min(dim: dim, keepDim: try $0.flag("keepdim"))
    return [values, indices]
  },
  "norm": Operation("input p dim keepdim -dtype") {
    let (x, keepDim) = (try $0["input"], try $0.flag("keepdim"))
    if let kind = try? $0.text("p"), kind != "fro" { return try norm(x, $0, "p") }
    let p = (try? $0.text("p")) == nil ? try $0.number("p", 2) : 2
    return x.norm(p, dims: try $0.dims("dim"), keepDim: keepDim)
  },
  "prod": Operation("input dim keepdim -dtype") {
    try $0["input"].prod(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "std": Operation("input dim unbiased keepdim correction") {
    let (dims, correction) = try spread($0)
    return try $0["input"].std(
      dims: dims, correction: correction, keepDim: $0.flag("keepdim"))
  },
  "sum": Operation("input dim keepdim -dtype") {
    try $0["input"].sum(dims: $0.dims("dim"), keepDim: $0.flag("keepdim"))
  },
  "var": Operation("input dim unbiased keepdim correction") {
    let (dims, correction) = try spread($0)
    return try $0["input"].variance(
      dims: dims, correction: correction, keepDim: $0.flag("keepdim"))
  },
]

let sorting: [String: Operation] = [
  "argsort": Operation("input dim descending stable") {
    try $0["input"].argsort(dim: $0.int("dim", -1), descending: $0.flag("descending"))
  },
  "bincount": Operation("input weights minlength") {
    try $0["input"].bincount(weights: $0.tensor("weights"), minLength: $0.int("minlength", 0))
  },
  "searchsorted": Operation("input values -out_int32 right side -sorter") {
    let isRight = try $0.flag("right") || $0.text("side") == "right"
    return try $0["input"].searchsorted($0["values"], right: isRight)
  },
  "sort": .several("input dim descending stable") {
    let (values, indices) = try $0["input"].sort(
      dim: $0.int("dim", -1), descending: $0.flag("descending"))
    return [values, indices]
  },
  "topk": .several("input k dim largest -sorted=True") {
    let (values, indices) = try $0["input"].topk(
      $0.int("k", 1), dim: $0.int("dim", -1), largest: $0.flag("largest", true))
    return [values, indices]
  },
  "unique": .several("input -sorted=True return_inverse return_counts dim") {
    let (values, inverse, counts) = try $0["input"].uniqueWithCounts(dim: $0.int("dim"))
    return [values] + (try $0.flag("return_inverse") ? [inverse] : [])
      + (try $0.flag("return_counts") ? [counts] : [])
  },
]

/// The tensor of a reduction over all dims, for which keepdim is not supported.
private func whole(_ call: Call) throws -> Tensor {
  if try call.flag("keepdim") { throw MissingOption(name: "keepdim without dim") }
  return try call["input"]
}

/// The dims and the correction of a variance: `var(input, unbiased)` or `var(input, dim, …)`.
private func spread(_ call: Call) throws -> (dims: [Int]?, correction: Int) {
  if let isUnbiased = try? call.flag("dim"), call.has("dim"), !call.isInt("dim") {
    return (nil, isUnbiased ? 1 : 0)
  }
  let correction = try call.int("correction", call.flag("unbiased", true) ? 1 : 0)
  return (try call.dims("dim"), correction)
}
