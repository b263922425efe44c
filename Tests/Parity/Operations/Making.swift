// Tensors made from a shape, from numbers, or at random.

import NN
import Tensors

let making: [String: Operation] = [
  "arange": Operation("values... dtype") {
    let (values, dtype) = ($0.list("values"), try $0.dtype("dtype"))
    let whole = values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
    if whole.count == values.count, dtype ?? .int64 == .int64 {
      return whole.count == 1
        ? .arange(whole[0]) : .arange(whole[0], whole[1], step: whole.count > 2 ? whole[2] : 1)
    }
    let all = try values.map { try number($0, "values") }
    let bounds = all.count == 1 ? [0, all[0]] : all
    return .arange(
      bounds[0], bounds[1], step: bounds.count > 2 ? bounds[2] : 1, dtype: dtype ?? .float32)
  },
  "bfloat16": .to(.bfloat16),
  "bool": .to(.bool),
  "byte": .to(.uint8),
  "char": .to(.int8),
  "double": .to(.float64),
  "empty": Operation("size dtype") {
    try .empty($0.ints("size", []), dtype: $0.dtype("dtype") ?? .float32)
  },
  "empty_like": Operation("input -dtype") { try .emptyLike($0["input"]) },
  "eye": Operation("n m dtype") {
    try .eye($0.int("n", 0), $0.int("m"), dtype: $0.dtype("dtype") ?? .float32)
  },
  "fill": Operation("input value") {
    let copy = try $0["input"].clone()
    if $0.isInt("value") {
      copy.fill(try $0.int("value", 0))
    } else {
      copy.fill(try $0.number("value", 0))
    }
    return copy
  },
  "float": .to(.float32),
  "full": Operation("size fill_value dtype") {
    let (size, dtype) = (try $0.ints("size", []), try $0.dtype("dtype"))
    if $0.isInt("fill_value") { return .full(size, try $0.int("fill_value", 0), dtype: dtype) }
    return .full(size, try $0.number("fill_value", 0), dtype: dtype)
  },
  "full_like": Operation("input fill_value -dtype") {
    if $0.isInt("fill_value") { return .fullLike(try $0["input"], try $0.int("fill_value", 0)) }
    return .fullLike(try $0["input"], try $0.number("fill_value", 0))
  },
  "half": .to(.float16),
  "int": .to(.int32),
  "item": Operation("input") {
    let x = try $0["input"]
    return Tensor(x.item(), dtype: .float64)
  },
  "linspace": Operation("start end steps dtype") {
    try .linspace(
      $0.number("start", 0), $0.number("end", 0), steps: $0.int("steps", 0),
      dtype: $0.dtype("dtype") ?? .float32)
  },
  "long": .to(.int64),
  "ones": Operation("size dtype") {
    try .ones($0.ints("size", []), dtype: $0.dtype("dtype") ?? .float32)
  },
  "ones_like": Operation("input -dtype") { try .onesLike($0["input"]) },
  "scalar_tensor": Operation("value dtype") {
    if $0.isInt("value") { return Tensor(try $0.int("value", 0), dtype: try $0.dtype("dtype")) }
    return Tensor(try $0.number("value", 0), dtype: try $0.dtype("dtype"))
  },
  "short": .to(.int16),
  "to": Operation("input options... -memory_format -copy") {
    let (x, options) = (try $0["input"], $0.list("options"))
    for option in options {
      if case .dtype(let name) = option, let dtype = DType(name) { return x.to(dtype) }
    }
    guard case .text("cpu") = options.first else { throw MissingOption(name: "other") }
    return x.to(.cpu)
  },
  "zeros": Operation("size dtype") {
    try .zeros($0.ints("size", []), dtype: $0.dtype("dtype") ?? .float32)
  },
  "zeros_like": Operation("input -dtype") { try .zerosLike($0["input"]) },
]

/// Random numbers; both generators start from the same seed.
let drawing: [String: Operation] = [
  "bernoulli": Operation("input p") {
    let x = try $0["input"]
    guard let p = try $0.number("p") else { return x.bernoulli() }
    return .bernoulli(x.shape, probability: p, dtype: x.dtype)
  },
  "exponential": Operation("input rate") {
    let x = try $0["input"]
    return .exponential(x.shape, rate: try $0.number("rate", 1), dtype: x.dtype)
  },
  "multinomial": Operation("input num_samples replacement") {
    try $0["input"].multinomial(
      $0.int("num_samples", 1), replacement: $0.flag("replacement"))
  },
  "nn.functional.dropout": Operation("input p training -inplace") {
    try dropped($0, Dropout($0.number("p", 0.5)))
  },
  "nn.functional.dropout2d": Operation("input p training -inplace") {
    try dropped($0, Dropout2d($0.number("p", 0.5)))
  },
  "normal": Operation("mean std") { try .normal(mean: $0["mean"], std: $0["std"]) },
  "normal.in_place": Operation("input mean std") {
    let x = try $0["input"]
    return .normal(
      mean: try $0.number("mean", 0), std: try $0.number("std", 1), x.shape, dtype: x.dtype)
  },
  "normal.number_mean": Operation("std mean size dtype") {
    if $0.isTensor("mean") { return try .normal(mean: $0["mean"], std: $0["std"]) }
    return try .normal(
      mean: $0.number("mean", 0), std: $0.number("std", 1), $0.ints("size", []),
      dtype: $0.dtype("dtype") ?? .float32)
  },
  "rand_like": Operation("input -dtype") { try .randLike($0["input"]) },
  "randint": Operation("bounds... -dtype") {
    var bounds = $0.list("bounds")
    guard case .list(let size)? = bounds.popLast(), !bounds.isEmpty else {
      throw MissingOption(name: "bounds")
    }
    let numbers = try bounds.map { try number($0, "bounds") }.map { Int($0) }
    let shape = try size.map { try number($0, "size") }.map { Int($0) }
    return .randint(numbers.count > 1 ? numbers[0] : 0, numbers[numbers.count - 1], shape)
  },
  "randn": Operation("size dtype") {
    try .randn($0.ints("size", []), dtype: $0.dtype("dtype") ?? .float32)
  },
  "randn_like": Operation("input -dtype") { try .randnLike($0["input"]) },
  "uniform": Operation("input low high") {
    let x = try $0["input"]
    return .uniform(
      x.shape, low: try $0.number("low", 0), high: try $0.number("high", 1), dtype: x.dtype)
  },
]

extension Operation {
  /// A conversion.
  fileprivate static func to(_ dtype: DType) -> Operation {
    Operation("input -memory_format") { try $0["input"].to(dtype) }
  }
}

private func number(_ argument: Argument, _ name: String) throws -> Double {
  switch argument {
  case .integer(let number): Double(number)
  case .number(let number): number
  case .flag(let flag): flag ? 1 : 0
  default: throw MissingOption(name: "\(name) with \(argument.kind)")
  }
}

private func dropped(_ call: Call, _ layer: Dropout) throws -> Tensor {
  if try !call.flag("training", true) { layer.eval() }
  return layer(try call["input"])
}
