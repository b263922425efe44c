// Views, indexing and copies of a tensor.

import Tensors

let views: [String: Operation] = [
  "T": .unary { $0.T },
  "as_strided": Operation("input size stride storage_offset") {
    try $0["input"].asStrided(
      $0.ints("size", []), $0.ints("stride", []), storageOffset: $0.int("storage_offset"))
  },
  "broadcast_to": Operation("input size") { try $0["input"].broadcastTo($0.ints("size", [])) },
  "chunk": .several("input chunks dim") {
    try $0["input"].chunk($0.int("chunks", 1), dim: $0.int("dim", 0))
  },
  "clone": Operation("input -memory_format") { try $0["input"].clone() },
  "contiguous": Operation("input -memory_format") { try $0["input"].contiguous() },
  "diagonal": Operation("input offset dim1 dim2") {
    try $0["input"].diagonal(
      offset: $0.int("offset", 0), dim1: $0.int("dim1", 0), dim2: $0.int("dim2", 1))
  },
  "expand": Operation("input size") { try $0["input"].expand($0.ints("size", [])) },
  "flatten": Operation("input start_dim end_dim") {
    try $0["input"].flatten(startDim: $0.int("start_dim", 0), endDim: $0.int("end_dim", -1))
  },
  "flip": Operation("input dims") { try $0["input"].flip($0.ints("dims", [])) },
  "mT": .unary { $0.mT },
  "movedim": Operation("input source destination") {
    try $0["input"].movedim($0.ints("source", []), $0.ints("destination", []))
  },
  "narrow": Operation("input dim start length") {
    try $0["input"].narrow(
      $0.int("dim", 0), start: $0.int("start", 0), length: $0.int("length", 0))
  },
  "permute": Operation("input dims") { try $0["input"].permute($0.ints("dims", [])) },
  "reshape": Operation("input shape") { try $0["input"].reshape($0.ints("shape", [])) },
  "select": Operation("input dim index") {
    try $0["input"].select($0.int("dim", 0), $0.int("index", 0))
  },
  "slice": Operation("input dim start end step") {
    let (x, dim) = (try $0["input"], try $0.int("dim", 0))
    let before = [TensorIndex](repeating: .all, count: dim < 0 ? dim + x.ndim : dim)
    let part = TensorIndex.range(
      try $0.int("start"), try $0.int("end"), step: try $0.int("step", 1))
    return sliced(x, before + [part])
  },
  "split": .several("input split_size dim") {
    let (x, dim) = (try $0["input"], try $0.int("dim", 0))
    if $0.isInt("split_size") { return x.split(try $0.int("split_size", 1), dim: dim) }
    return x.split(try $0.ints("split_size", []), dim: dim)
  },
  "split_with_sizes": .several("input split_sizes dim") {
    try $0["input"].split($0.ints("split_sizes", []), dim: $0.int("dim", 0))
  },
  "squeeze": Operation("input dim") { try $0["input"].squeeze($0.single("dim")) },
  "transpose": Operation("input dim0 dim1") {
    try $0["input"].transpose($0.int("dim0", 0), $0.int("dim1", 0))
  },
  "tril": Operation("input diagonal") {
    try $0["input"].tril(diagonal: $0.int("diagonal", 0))
  },
  "triu": Operation("input diagonal") {
    try $0["input"].triu(diagonal: $0.int("diagonal", 0))
  },
  "unbind": .several("input dim") { try $0["input"].unbind(dim: $0.int("dim", 0)) },
  "unflatten": Operation("input dim sizes") {
    try $0["input"].unflatten($0.int("dim", 0), $0.ints("sizes", []))
  },
  "unfold": Operation("input dimension size step") {
    try $0["input"].unfold($0.int("dimension", 0), size: $0.int("size", 0), step: $0.int("step", 1))
  },
  "unsqueeze": Operation("input dim") { try $0["input"].unsqueeze($0.int("dim", 0)) },
  "view": Operation("input size") { try $0["input"].view($0.ints("size", [])) },
]

let joining: [String: Operation] = [
  "cat": Operation("tensors dim") { try .cat($0.tensors("tensors"), dim: $0.int("dim", 0)) },
  "hstack": Operation("tensors") { try .hstack($0.tensors("tensors")) },
  "meshgrid": .several("tensors... -indexing=ij") { try Tensor.meshgrid($0.tensors("tensors")) },
  "repeat": Operation("input sizes") { try $0["input"].repeat($0.ints("sizes", [])) },
  "repeat_interleave": Operation("input repeats dim -output_size") {
    guard let dim = try $0.int("dim") else { throw $0.missing("dim") }
    return try $0["input"].repeatInterleave($0.int("repeats", 1), dim: dim)
  },
  "roll": Operation("input shifts dims") {
    let (x, shifts, dims) = (try $0["input"], try $0.ints("shifts", []), try $0.dims("dims"))
    guard let dims else {
      guard shifts.count == 1 else { throw $0.missing("dims") }
      return x.roll(shifts[0])
    }
    return x.roll(shifts, dims: dims)
  },
  "stack": Operation("tensors dim") { try .stack($0.tensors("tensors"), dim: $0.int("dim", 0)) },
  "tile": Operation("input dims") { try $0["input"].tile($0.ints("dims", [])) },
  "vstack": Operation("tensors") { try .vstack($0.tensors("tensors")) },
]

let indexing: [String: Operation] = [
  "__getitem__": Operation("input index") { sliced(try $0["input"], try $0.index("index")) },
  "gather": Operation("input dim index -sparse_grad") {
    try $0["input"].gather(dim: $0.int("dim", 0), index: $0["index"])
  },
  "index_add": Operation("input dim index source -alpha=1") {
    try $0["input"].indexAdd($0.int("dim", 0), $0["index"], $0["source"])
  },
  "index_put": Operation("input indices values -accumulate") {
    let copy = try $0["input"].clone()
    assign(try $0["values"], to: copy, try $0.index("indices"))
    return copy
  },
  "index_select": Operation("input dim index") {
    try $0["input"].indexSelect($0.int("dim", 0), $0["index"])
  },
  "masked_select": Operation("input mask") { try $0["input"].maskedSelect($0["mask"]) },
  "nonzero": Operation("input -as_tuple") { try $0["input"].nonzero() },
  "scatter": Operation("input dim index src -reduce") {
    guard $0.isTensor("src") else { throw $0.missing("src") }
    return try $0["input"].scatter(dim: $0.int("dim", 0), index: $0["index"], source: $0["src"])
  },
  "scatter_add": Operation("input dim index src") {
    try $0["input"].scatterAdd(dim: $0.int("dim", 0), index: $0["index"], source: $0["src"])
  },
  "take": Operation("input index") { try $0["input"].take($0["index"]) },
  "take_along_dim": Operation("input indices dim") {
    guard let dim = try $0.int("dim") else { throw $0.missing("dim") }
    return try $0["input"].takeAlongDim($0["indices"], dim: dim)
  },
]

/// `x[indices]`, for up to four of them.
private func sliced(_ x: Tensor, _ indices: [TensorIndex]) -> Tensor {
  switch indices.count {
  case 0: x[.ellipsis]
  case 1: x[indices[0]]
  case 2: x[indices[0], indices[1]]
  case 3: x[indices[0], indices[1], indices[2]]
  default: x[indices[0], indices[1], indices[2], indices[3]]
  }
}

/// `x[indices] = value`, for up to three of them.
private func assign(_ value: Tensor, to x: Tensor, _ indices: [TensorIndex]) {
  switch indices.count {
  case 1: x[indices[0]] = value
  case 2: x[indices[0], indices[1]] = value
  default: x[indices[0], indices[1], indices[2]] = value
  }
}
