@_spi(Flambeau) import Tensors

/// Every operation, by the names of the golden cases. The operation is what precedes a comma.
let operations: [String: @Sendable ([Tensor]) -> Tensor] = [
  "negate": { -$0[0] },
  "abs": { $0[0].abs() },
  "sign": { $0[0].sign() },
  "square": { $0[0].square() },
  "relu": { $0[0].relu() },
  "exp": { $0[0].exp() },
  "log": { $0[0].log() },
  "sqrt": { $0[0].sqrt() },
  "reciprocal": { $0[0].reciprocal() },
  "sin": { $0[0].sin() },
  "cos": { $0[0].cos() },
  "tanh": { $0[0].tanh() },
  "sigmoid": { $0[0].sigmoid() },
  "rsqrt": { $0[0].rsqrt() },
  "expm1": { $0[0].expm1() },
  "exp2": { $0[0].exp2() },
  "log1p": { $0[0].log1p() },
  "log2": { $0[0].log2() },
  "log10": { $0[0].log10() },
  "erf": { $0[0].erf() },
  "erfc": { $0[0].erfc() },
  "tan": { $0[0].tan() },
  "asin": { $0[0].asin() },
  "acos": { $0[0].acos() },
  "atan": { $0[0].atan() },
  "sinh": { $0[0].sinh() },
  "cosh": { $0[0].cosh() },
  "asinh": { $0[0].asinh() },
  "acosh": { $0[0].acosh() },
  "atanh": { $0[0].atanh() },
  "floor": { $0[0].floor() },
  "ceil": { $0[0].ceil() },
  "round": { $0[0].round() },
  "trunc": { $0[0].trunc() },
  "frac": { $0[0].frac() },
  "clamp": { $0[0].clamp(min: -0.5, max: 0.75) },
  "clamp, one side": { $0[0].clamp(max: 0.25) },
  "logSigmoid": { $0[0].logSigmoid() },
  "leakyRelu": { $0[0].leakyRelu(negativeSlope: 0.2) },
  "elu": { $0[0].elu(alpha: 1.5) },
  "selu": { $0[0].selu() },
  "gelu": { $0[0].gelu() },
  "geluTanh": { $0[0].gelu(approximate: .tanh) },
  "silu": { $0[0].silu() },
  "mish": { $0[0].mish() },
  "softplus": { $0[0].softplus(beta: 2, threshold: 1) },
  "softsign": { $0[0].softsign() },
  "hardtanh": { $0[0].hardtanh(min: -0.5, max: 0.75) },
  "hardsigmoid": { $0[0].hardsigmoid() },
  "hardswish": { $0[0].hardswish() },
  "huber": { $0[0].huber(beta: 0.7, scale: 0.7) },
  "nanToNum": { $0[0].nanToNum() },
  "glu": { $0[0].glu(dim: 1) },
  "power, number": { $0[0].pow(2.5) },
  "remainder": { $0[0].remainder($0[1]) },
  "atan2": { $0[0].atan2($0[1]) },
  "logaddexp": { $0[0].logaddexp($0[1]) },
  "lerp": { $0[0].lerp($0[1], weight: $0[2]) },
  "prelu": { $0[0].prelu($0[1]) },
  "prelu, one weight": { $0[0].prelu($0[1]) },
  "where": { .where(Tensor([[true], [false]]), $0[0], $0[1]) },
  "add": { $0[0] + $0[1] },
  "add, broadcast": { $0[0] + $0[1] },
  "subtract": { $0[0] - $0[1] },
  "multiply": { $0[0] * $0[1] },
  "divide": { $0[0] / $0[1] },
  "power": { $0[0].pow($0[1]) },
  "maximum": { $0[0].maximum($0[1]) },
  "minimum": { $0[0].minimum($0[1]) },
  "to": { $0[0].to(.float64) },
  "sum": { $0[0].sum() },
  "sum, dims": { $0[0].sum(dims: [0, 2]) },
  "sum, keepDim": { $0[0].sum(dim: -1, keepDim: true) },
  "mean": { $0[0].mean(dim: 0) },
  "variance": { $0[0].variance(dims: [1]) },
  "std": { $0[0].std(dims: [0], correction: 0) },
  "amax": { $0[0].amax(dims: [1]) },
  "prod": { $0[0].prod() },
  "prod, dim": { $0[0].prod(dim: 1) },
  "prod, zeros": { $0[0].prod(dims: [0, 2]) },
  "cumprod, zeros": { $0[0].cumprod(dim: -1) },
  "amin": { $0[0].amin(dims: [0, 2], keepDim: true) },
  "max, dim": { $0[0].max(dim: 1).values },
  "min, dim": { $0[0].min(dim: 0, keepDim: true).values },
  "logsumexp": { $0[0].logsumexp(dims: [1]) },
  "norm": { $0[0].norm(dims: [1]) },
  "norm, 3": { $0[0].norm(3) },
  "norm, 1": { $0[0].norm(1, dims: [0], keepDim: true) },
  "norm, infinite": { $0[0].norm(.infinity) },
  "sort": { $0[0].sort(dim: 0).values },
  "topk": { $0[0].topk(2, dim: 1).values },
  "median": { $0[0].median(dim: 1).values },
  "cumsum": { $0[0].cumsum(dim: 0) },
  "cumprod": { $0[0].cumprod(dim: 1) },
  "flip": { $0[0].flip([0, 2]) },
  "logSoftmax": { $0[0].logSoftmax(dim: 1) },
  "logSoftmax, dim 0": { $0[0].logSoftmax(dim: 0) },
  "softmax": { $0[0].softmax(dim: -1) },
  "view": { $0[0].contiguous().view(3, -1) },
  "reshape": { $0[0].reshape(4, -1) },
  "flatten": { $0[0].flatten(startDim: 1) },
  "permute": { $0[0].permute(2, 0, 1) },
  "transpose": { $0[0].transpose(0, -1) },
  "expand": { $0[0].expand([4, -1, 3]) },
  "narrow": { $0[0].narrow(1, start: 1, length: 2) },
  "slice": { $0[0][.ellipsis, .range(1, nil, step: 2)] },
  "select": { $0[0][.all, -1] },
  "diagonal": { $0[0].diagonal() },
  "diagonal, offset": { $0[0].diagonal(offset: -1, dim1: 2, dim2: 0) },
  "unfold": { $0[0].unfold(1, size: 3, step: 2) },
  "unflatten": { $0[0].unflatten(1, [2, -1]) },
  "movedim": { $0[0].movedim([0, 1], [-1, 0]) },
  "mT": { $0[0].mT },
  "broadcastTo": { $0[0].broadcastTo([2, 2, 3]) },
  "split": {
    let parts = $0[0].split(2, dim: 1); return parts[0] * parts[1] + parts[2]
  },
  "split, sizes": {
    let parts = $0[0].split([1, 3], dim: -1); return parts[0] * parts[1]
  },
  "chunk": {
    let parts = $0[0].chunk(3); return parts[0] * parts[1] + parts[2]
  },
  "unbind": {
    let parts = $0[0].unbind(dim: 1); return parts[0] * parts[2]
  },
  "contiguous": { $0[0].T.contiguous() },
  "clone": { $0[0].clone() },
  "gather": { $0[0].gather(dim: 1, index: Tensor([[0, 2, 1], [2, 2, 0]])) },
  "scatterAdd": {
    $0[0].scatterAdd(dim: 1, index: Tensor([[0, 2, 1], [2, 2, 0]]), source: $0[1])
  },
  "indexSelect": { $0[0].indexSelect(0, Tensor([2, 0, 2])) },
  "scatter": { $0[0].scatter(dim: 1, index: Tensor([[0, 2], [2, 1]]), source: $0[1]) },
  "indexAdd": { $0[0].indexAdd(0, Tensor([2, 0, 2]), $0[1]) },
  "take": { $0[0].take(Tensor([[0, 5], [-1, 0]])) },
  "takeAlongDim": { $0[0].takeAlongDim(Tensor([[1], [0], [2]]), dim: 0) },
  "maskedSelect": { $0[0].maskedSelect(Tensor([true, false, true])) },
  "index, tensors": { $0[0][Tensor([0, 1, -1]), Tensor([[2], [0]])] },
  "index, later dim": { $0[0][.all, Tensor([[2, 0]])] },
  "index, apart": { $0[0][Tensor([1, 0]), .all, Tensor([0, 2])] },
  "index, middle": { $0[0][.all, Tensor([1, 0]), Tensor([0, 2])] },
  "index, mask": { $0[0][Tensor([[true, false], [true, true]])] },
  "index, mixed": { $0[0][1, Tensor([0, 0, 2]), .newAxis, .step(2)] },
  "repeat": { $0[0].repeat([2, 1, 3]) },
  "tile": { $0[0].tile([2]) },
  "repeatInterleave": { $0[0].repeatInterleave(2, dim: 1) },
  "roll": { $0[0].roll([1, -2], dims: [0, 1]) },
  "roll, all": { $0[0].roll(4) },
  "hstack": { .hstack($0) },
  "vstack": { .vstack($0) },
  "matmul": { $0[0] • $0[1] },
  "matmul, vectors": { $0[0] • $0[1] },
  "matmul, vector and matrix": { $0[0] • $0[1] },
  "matmul, batches": { $0[0] • $0[1] },
  "einsum, matmul": { .einsum("ij,jk->ik", $0) },
  "einsum, batches": { .einsum("bij,bjk->bik", $0) },
  "einsum, implicit": { .einsum("ba,cb", $0) },
  "einsum, trace": { .einsum("ii->", $0) },
  "einsum, diagonal": { .einsum("iji->ij", $0) },
  "einsum, three": { .einsum("ij,jk,kl->il", $0) },
  "einsum, ellipsis": { .einsum("...ij,...jk->...ik", $0) },
  "einsum, sums": { .einsum("ij,kl->k", $0) },
  "einsum, bilinear": { .einsum("bn,anm,bm->ba", $0) },
  "tensordot": { .tensordot($0[0], $0[1], dims: ([1, 0], [0, 2])) },
  "dot": { $0[0].dot($0[1]) },
  "mv": { $0[0].mv($0[1]) },
  "bmm": { $0[0].bmm($0[1]) },
  "outer": { $0[0].outer($0[1]) },
  "trace": { $0[0].trace() },
  "addmm": { $0[0].addmm($0[1], $0[2], beta: 0.5, alpha: 2) },
  "det": { $0[0].det() },
  "det, singular": { Tensor.vstack([$0[0], $0[0][..<1] * 2]).det() },
  "det, zeros": { ($0[0] * 0.0).det() + $0[0].det() },
  "qr, wide": {
    let (q, r) = $0[0].qr()
    return .cat([q.square(), r.square()], dim: -1)
  },
  "slogdet": { $0[0].slogdet().logabsdet },
  "inverse": { $0[0].inverse() },
  "solve": { $0[0].solve($0[1]) },
  "solve, vector": { $0[0].solve($0[1]) },
  "cholesky": { spd($0[0]).cholesky() },
  "qr": {
    let (q, r) = $0[0].qr(); return .cat([q.square(), r.square()], dim: -2)
  },
  "eigh": {
    let (w, v) = symmetric($0[0]).eigh(); return .cat([w.unsqueeze(-2), v.square()], dim: -2)
  },
  "svd": {
    let (u, s, v) = $0[0].svd(); return .cat([u.square(), s.unsqueeze(0), v.square()], dim: 0)
  },
  "svd, tall": {
    let (u, s, v) = $0[0].svd(); return .cat([u.square(), s.unsqueeze(0), v.square()], dim: 0)
  },
  "svd, wide": {
    let (u, s, v) = $0[0].svd(); return .cat([u.square(), s.unsqueeze(1), v.square()], dim: 1)
  },
  "pinverse": { $0[0].pinverse() },
  "matrixNorm": {
    .stack([$0[0].matrixNorm(), $0[0].matrixNorm(.nuclear), $0[0].matrixNorm(.spectral)])
  },
  "matrixNorm, sums": { .stack([$0[0].matrixNorm(.one), $0[0].matrixNorm(.infinity)]) },
  "linear": { $0[0].linear($0[1], bias: $0[2]) },
  "linear, batches": { $0[0].linear($0[1], bias: $0[2]) },
  "conv2d": { $0[0].conv2d($0[1], bias: $0[2]) },
  "conv2d, all": {
    $0[0].conv2d($0[1], stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2)
  },
  "conv2d, same size": { $0[0].conv2d($0[1], padding: [1, 2], dilation: [1, 2]) },
  "conv2d, larger windows": { $0[0].conv2d($0[1], padding: [2, 3]) },
  "conv2d, one place": { $0[0].conv2d($0[1]) },
  "conv1d": { $0[0].conv1d($0[1], bias: $0[2], stride: 2, padding: 1) },
  "convTranspose2d": {
    $0[0].convTranspose2d(
      $0[1], bias: $0[2], stride: [2, 2], padding: [1, 0], outputPadding: [1, 0])
  },
  "convTranspose2d, groups": { $0[0].convTranspose2d($0[1], groups: 2, dilation: [2, 1]) },
  "convTranspose1d": { $0[0].convTranspose1d($0[1], stride: 2) },
  "maxPool2d": { $0[0].maxPool2d([2, 3], stride: [1, 2], padding: [1, 1]) },
  "maxPool2d, dilation": {
    $0[0].maxPool2d([3, 3], stride: [1, 1], padding: [1, 1], dilation: [2, 1])
  },
  "maxPool1d": { $0[0].maxPool1d(2) },
  "avgPool2d": { $0[0].avgPool2d([2, 2]) },
  "avgPool2d, padding": {
    $0[0].avgPool2d([3, 2], stride: [2, 1], padding: [1, 1], countIncludePad: false)
  },
  "avgPool1d": { $0[0].avgPool1d(3, stride: 1, padding: 1) },
  "adaptiveAvgPool2d": { $0[0].adaptiveAvgPool2d([2, 3]) },
  "adaptiveMaxPool2d": { $0[0].adaptiveMaxPool2d([3, 2]) },
  "adaptiveAvgPool1d": { $0[0].adaptiveAvgPool1d(3) },
  "pad": { $0[0].pad([1, 2, -1, 1], value: 0.5) },
  "pad, reflect": { $0[0].pad([2, 1], mode: .reflect) },
  "pad, replicate": { $0[0].pad([1, 0, 2, 1], mode: .replicate) },
  "pad, circular": { $0[0].pad([2, 1], mode: .circular) },
  "interpolate": { $0[0].interpolate(size: [5, 3]) },
  "interpolate, bilinear": { $0[0].interpolate(size: [5, 3], mode: .bilinear) },
  "interpolate, corners": { $0[0].interpolate(size: [5, 3], mode: .bilinear, alignCorners: true) },
  "interpolate, signal": { $0[0].interpolate(size: [7]) },
  "interpolate, factor": { $0[0].interpolate(scaleFactor: [1.7, 0.6]) },
  "interpolate, linear": { $0[0].interpolate(scaleFactor: [2.3], mode: .linear) },
  "interpolate, bilinear factor": {
    $0[0].interpolate(scaleFactor: [1.7, 0.6], mode: .bilinear)
  },
  "asStrided": { ($0[0] * 1).asStrided([2, 2, 3], [1, 2, 1], storageOffset: 1) },
  "asStrided, of a view": { ($0[0] * 2).T.asStrided([3, 2], [2, 1]) },
  "assign": {
    let a = $0[0] * 2
    a[1..., .step(2)] = $0[1]
    a[0] = $0[1][..<1, ..<1].sum() * $0[0][0]
    return a
  },
  "assign, broadcast": {
    let a = $0[0] * 2
    a[.ellipsis] = $0[0].flip([0])
    a[.all, 1] = $0[1]
    return a
  },
  "assign, tensors": {
    let a = $0[0] * 2
    a[Tensor([2, 0, 2]), .all, Tensor([0, 1, 1])] = $0[1]
    a[$0[0] .< 0] = $0[1][0, 0]
    return a
  },
  "assign, through views": {
    let a = $0[0] * 2
    let (row, column) = (a[1], a[.all, 2])
    row[1...].update(.multiply, $0[1])
    row[1...] += 1
    row.update(.exp)
    return .cat([a.flatten(), row, column * a[0, 0]])
  },
  "assign, to itself": {
    var a = $0[0] * 2
    a *= $0[1]
    a.update(.atan2, $0[1])
    a.copy(from: a.clone().sin() * $0[1])
    a -= 1
    return a / $0[1]
  },
  "layerNorm": { $0[0].layerNorm([4], weight: $0[1], bias: $0[2]) },
  "layerNorm, two dims": { $0[0].layerNorm([3, 2], eps: 0.1) },
  "layerNorm, bias": { $0[0].layerNorm([3], bias: $0[1]) },
  "layerNorm, longer rows": { $0[0].layerNorm([70], weight: $0[1], bias: $0[2]) },
  "rmsNorm": { $0[0].rmsNorm([4], weight: $0[1], eps: 0.01) },
  "batchNorm": { $0[0].batchNorm(weight: $0[1], bias: $0[2], training: true) },
  "batchNorm, images": { $0[0].batchNorm(weight: $0[1], bias: $0[2], training: true) },
  "batchNorm, running": {
    $0[0].batchNorm(
      runningMean: Tensor([0.5, -0.25], dtype: $0[0].dtype, device: $0[0].device),
      runningVar: Tensor([2, 0.75], dtype: $0[0].dtype, device: $0[0].device), weight: $0[1])
  },
  "groupNorm": { $0[0].groupNorm(2, weight: $0[1], bias: $0[2]) },
  "groupNorm, short": { $0[0].groupNorm(1, weight: $0[1], eps: 0.1) },
  "attention": { $0[0].scaledDotProductAttention($0[1], $0[2]) },
  "attention, causal": { $0[0].scaledDotProductAttention($0[1], $0[2], isCausal: true) },
  "attention, mask": {
    $0[0].scaledDotProductAttention(
      $0[1], $0[2], mask: Tensor([[true, false], [true, true], [false, true]]), scale: 0.3)
  },
  "lstm": { $0[0].lstm($0[1], $0[2], weight: $0[3]) },
  "embedding": { .embedding(Tensor([[0, 2], [2, 1]]), $0[0]) },
  "crossEntropy": { $0[0].crossEntropy(Tensor([2, 0])) },
  "cat": { .cat($0, dim: 1) },
  "stack": { .stack($0, dim: -1) },
]

private func spd(_ x: Tensor) -> Tensor { x.matmul(x.mT) + Tensor.eye(3, dtype: x.dtype) }
private func symmetric(_ x: Tensor) -> Tensor { x + x.mT }

/// Operations that only a derivative uses, with the operation whose derivative it is.
let usedByDerivatives = [
  "gate": "relu", "clear": "assign", "place": "slice", "conv2dOfWeight": "conv2d",
  "geluGradient": "gelu", "hardsigmoidGradient": "hardsigmoid", "hardswishGradient": "hardswish",
  "cube": "power", "im2col": "avgPool2d",
  "col2im": "avgPool2d", "unpad": "pad",
]
