// Element-wise operations.

import Tensors

/// Functions of one tensor.
let functions: [String: Operation] = [
  "abs": .unary { $0.abs() },
  "acos": .unary { $0.acos() },
  "acosh": .unary { $0.acosh() },
  "asin": .unary { $0.asin() },
  "asinh": .unary { $0.asinh() },
  "atan": .unary { $0.atan() },
  "atanh": .unary { $0.atanh() },
  "bitwise_not": .unary { ~$0 },
  "ceil": .unary { $0.ceil() },
  "clamp": Operation("input min max") {
    try $0["input"].clamp(min: $0.number("min"), max: $0.number("max"))
  },
  "clamp_max": Operation("input max") { try $0["input"].clamp(max: $0.number("max")) },
  "clamp_min": Operation("input min") { try $0["input"].clamp(min: $0.number("min")) },
  "cos": .unary { $0.cos() },
  "cosh": .unary { $0.cosh() },
  "erf": .unary { $0.erf() },
  "erfc": .unary { $0.erfc() },
  "exp": .unary { $0.exp() },
  "exp2": .unary { $0.exp2() },
  "expm1": .unary { $0.expm1() },
  "floor": .unary { $0.floor() },
  "frac": .unary { $0.frac() },
  "isfinite": .unary { $0.isfinite() },
  "isinf": .unary { $0.isinf() },
  "isnan": .unary { $0.isnan() },
  "log": .unary { $0.log() },
  "log10": .unary { $0.log10() },
  "log1p": .unary { $0.log1p() },
  "log2": .unary { $0.log2() },
  "logical_not": .unary { $0.logicalNot() },
  "nan_to_num": Operation("input nan posinf neginf") {
    try $0["input"].nanToNum(
      $0.number("nan", 0), posinf: $0.number("posinf"), neginf: $0.number("neginf"))
  },
  "neg": .unary { -$0 },
  "reciprocal": .unary { $0.reciprocal() },
  "round": Operation("input -decimals=0") { try $0["input"].round() },
  "rsqrt": .unary { $0.rsqrt() },
  "sigmoid": .unary { $0.sigmoid() },
  "sign": .unary { $0.sign() },
  "sin": .unary { $0.sin() },
  "sinh": .unary { $0.sinh() },
  "sqrt": .unary { $0.sqrt() },
  "square": .unary { $0.square() },
  "tan": .unary { $0.tan() },
  "tanh": .unary { $0.tanh() },
  "trunc": .unary { $0.trunc() },
]

/// Arithmetic of two tensors, or of a tensor and a number.
let arithmetic: [String: Operation] = [
  "__radd__": .binary { $1 + $0 },
  "__rand__": .binary { $1 & $0 },
  "__rdiv__": .binary { $1 / $0 },
  "__rmod__": .binary { $1.remainder($0) },
  "__rmul__": .binary { $1 * $0 },
  "__ror__": .binary { $1 | $0 },
  "__rpow__": .binary { $1.pow($0) },
  "__rsub__": .binary { $1 - $0 },
  "__rxor__": .binary { $1 ^ $0 },
  "add": Operation("input other -alpha=1") { try $0["input"] + $0["other"] },
  "atan2": .binary { $0.atan2($1) },
  "bitwise_and": .binary { $0 & $1 },
  "bitwise_left_shift": .binary { (a: Tensor, b: Tensor) in a << b },
  "bitwise_or": .binary { $0 | $1 },
  "bitwise_right_shift": .binary { (a: Tensor, b: Tensor) in a >> b },
  "bitwise_xor": .binary { $0 ^ $1 },
  "div": Operation("input other rounding_mode") {
    let (a, b) = (try $0["input"], try $0["other"])
    switch try $0.text("rounding_mode") {
    case nil: return a / b
    case "floor": return a.floorDivide(b)
    default: throw $0.missing("rounding_mode")
    }
  },
  "floor_divide": .binary { $0.floorDivide($1) },
  "lerp": Operation("input end weight") {
    try $0["input"].lerp($0["end"], weight: $0["weight"])
  },
  "logaddexp": .binary { $0.logaddexp($1) },
  "maximum": .binary { $0.maximum($1) },
  "minimum": .binary { $0.minimum($1) },
  "mul": .binary { $0 * $1 },
  "pow": .binary { $0.pow($1) },
  "remainder": .binary { $0.remainder($1) },
  "rsub": Operation("input other -alpha=1") { try $0["other"] - $0["input"] },
  "sub": Operation("input other -alpha=1") { try $0["input"] - $0["other"] },
  "true_divide": .binary { $0 / $1 },
]

/// Comparisons, and selections by them.
let comparisons: [String: Operation] = [
  "allclose": Operation("input other rtol atol equal_nan") {
    try Tensor(
      $0["input"].allclose(
        $0["other"], rtol: $0.number("rtol", 1e-5), atol: $0.number("atol", 1e-8),
        equalNaN: $0.flag("equal_nan")))
  },
  "eq": .binary { $0 .== $1 },
  "equal": .binary { Tensor($0.equal($1)) },
  "ge": .binary { $0 .>= $1 },
  "gt": .binary { $0 .> $1 },
  "isclose": Operation("input other rtol atol equal_nan") {
    try $0["input"].isclose(
      $0["other"], rtol: $0.number("rtol", 1e-5), atol: $0.number("atol", 1e-8),
      equalNaN: $0.flag("equal_nan"))
  },
  "le": .binary { $0 .<= $1 },
  "logical_and": .binary { $0.logicalAnd($1) },
  "logical_or": .binary { $0.logicalOr($1) },
  "logical_xor": .binary { $0.logicalXor($1) },
  "lt": .binary { $0 .< $1 },
  "masked_fill": Operation("input mask value") {
    let (x, mask) = (try $0["input"], try $0["mask"])
    if $0.isInt("value") { return x.maskedFill(mask, try $0.int("value", 0)) }
    return x.maskedFill(mask, try $0.number("value", 0))
  },
  "ne": .binary { $0 .!= $1 },
  "where": Operation("input condition other") {
    try .where($0["condition"], $0["input"], $0["other"])
  },
]
