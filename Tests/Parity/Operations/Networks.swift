// Operations of torch.nn.functional.

import NN
import Tensors

let activations: [String: Operation] = [
  "log_softmax": Operation("input dim -dtype") {
    try $0["input"].logSoftmax(dim: $0.int("dim", 0))
  },
  "nn.functional.elu": Operation("input alpha -inplace") {
    try $0["input"].elu(alpha: $0.number("alpha", 1))
  },
  "nn.functional.gelu": Operation("input approximate") {
    try $0["input"].gelu(approximate: $0.choice("approximate", .none))
  },
  "nn.functional.glu": Operation("input dim") { try $0["input"].glu(dim: $0.int("dim", -1)) },
  "nn.functional.hardsigmoid": Operation("input -inplace") { try $0["input"].hardsigmoid() },
  "nn.functional.hardswish": Operation("input -inplace") { try $0["input"].hardswish() },
  "nn.functional.hardtanh": Operation("input min_val max_val -inplace") {
    try $0["input"].hardtanh(min: $0.number("min_val", -1), max: $0.number("max_val", 1))
  },
  "nn.functional.leaky_relu": Operation("input negative_slope -inplace") {
    try $0["input"].leakyRelu(negativeSlope: $0.number("negative_slope", 0.01))
  },
  "nn.functional.logsigmoid": .unary { $0.logSigmoid() },
  "nn.functional.mish": Operation("input -inplace") { try $0["input"].mish() },
  "nn.functional.prelu": Operation("input weight") { try $0["input"].prelu($0["weight"]) },
  "nn.functional.relu": Operation("input -inplace") { try $0["input"].relu() },
  "nn.functional.relu6": Operation("input -inplace") { try ReLU6()($0["input"]) },
  "nn.functional.selu": Operation("input -inplace") { try $0["input"].selu() },
  "nn.functional.silu": Operation("input -inplace") { try $0["input"].silu() },
  "nn.functional.softplus": Operation("input beta threshold") {
    try $0["input"].softplus(beta: $0.number("beta", 1), threshold: $0.number("threshold", 20))
  },
  "nn.functional.softsign": .unary { $0.softsign() },
  "softmax": Operation("input dim -dtype") { try $0["input"].softmax(dim: $0.int("dim", 0)) },
]

let layers: [String: Operation] = [
  "constant_pad_nd": Operation("input pad value") {
    try $0["input"].pad($0.ints("pad", []), value: $0.number("value", 0))
  },
  "nn.functional.batch_norm": Operation(
    "input running_mean running_var weight bias training momentum eps"
  ) {
    try $0["input"].batchNorm(
      runningMean: $0.tensor("running_mean"), runningVar: $0.tensor("running_var"),
      weight: $0.tensor("weight"), bias: $0.tensor("bias"), training: $0.flag("training"),
      momentum: $0.number("momentum", 0.1), eps: $0.number("eps", 1e-5))
  },
  "nn.functional.conv1d": Operation("input weight bias stride padding dilation groups") {
    try $0["input"].conv1d(
      $0["weight"], bias: $0.tensor("bias"), stride: $0.single("stride", 1),
      padding: $0.single("padding", 0), dilation: $0.single("dilation", 1),
      groups: $0.int("groups", 1))
  },
  "nn.functional.conv2d": Operation("input weight bias stride padding dilation groups") {
    try $0["input"].conv2d(
      $0["weight"], bias: $0.tensor("bias"), stride: $0.pair("stride", 1),
      padding: $0.pair("padding", 0), dilation: $0.pair("dilation", 1),
      groups: $0.int("groups", 1))
  },
  "nn.functional.conv_transpose1d": Operation(
    "input weight bias stride padding output_padding groups dilation"
  ) {
    try $0["input"].convTranspose1d(
      $0["weight"], bias: $0.tensor("bias"), stride: $0.single("stride", 1),
      padding: $0.single("padding", 0), outputPadding: $0.single("output_padding", 0),
      groups: $0.int("groups", 1), dilation: $0.single("dilation", 1))
  },
  "nn.functional.conv_transpose2d": Operation(
    "input weight bias stride padding output_padding groups dilation"
  ) {
    try $0["input"].convTranspose2d(
      $0["weight"], bias: $0.tensor("bias"), stride: $0.pair("stride", 1),
      padding: $0.pair("padding", 0), outputPadding: $0.pair("output_padding", 0),
      groups: $0.int("groups", 1), dilation: $0.pair("dilation", 1))
  },
  "nn.functional.embedding": Operation(
    "weight input padding_idx -max_norm -norm_type=2 -scale_grad_by_freq -sparse"
  ) {
    let (index, weight) = (try $0["input"], try $0["weight"])
    guard let padding = try $0.int("padding_idx") else { return .embedding(index, weight) }
    let layer = Embedding(weight.shape[0], weight.shape[1], paddingIdx: padding)
    layer.weight = weight
    return layer(index)
  },
  "nn.functional.group_norm": Operation("input num_groups weight bias eps") {
    let x = try $0["input"]
    let layer = GroupNorm(
      try $0.int("num_groups", 1), x.ndim > 1 ? x.shape[1] : 0, eps: try $0.number("eps", 1e-5))
    layer.weight = try $0.tensor("weight")
    layer.bias = try $0.tensor("bias")
    return layer(x)
  },
  "nn.functional.layer_norm": Operation("input normalized_shape weight bias eps") {
    try $0["input"].layerNorm(
      $0.ints("normalized_shape", []), weight: $0.tensor("weight"), bias: $0.tensor("bias"),
      eps: $0.number("eps", 1e-5))
  },
  "nn.functional.linear": Operation("input weight bias") {
    try $0["input"].linear($0["weight"], bias: $0.tensor("bias"))
  },
  "nn.functional.one_hot": Operation("input num_classes") {
    let count = try $0.int("num_classes", -1)
    return try $0["input"].oneHot(classCount: count == -1 ? nil : count)
  },
  "nn.functional.pad": Operation("input pad mode value") {
    try $0["input"].pad(
      $0.ints("pad", []), mode: $0.choice("mode", .constant), value: $0.number("value", 0))
  },
  "nn.functional.rms_norm": Operation("input normalized_shape weight eps") {
    try $0["input"].rmsNorm(
      $0.ints("normalized_shape", []), weight: $0.tensor("weight"), eps: $0.number("eps"))
  },
  "nn.functional.scaled_dot_product_attention": Operation(
    "query key value attn_mask -dropout_p=0 is_causal scale -enable_gqa"
  ) {
    try $0["query"].scaledDotProductAttention(
      $0["key"], $0["value"], mask: $0.tensor("attn_mask"), isCausal: $0.flag("is_causal"),
      scale: $0.number("scale"))
  },
]

/// Convolutions, pooling and resizing of signals and images.
let windows: [String: Operation] = [
  "nn.functional.adaptive_avg_pool1d": Operation("input output_size") {
    try $0["input"].adaptiveAvgPool1d($0.single("output_size", 1))
  },
  "nn.functional.adaptive_avg_pool2d": Operation("input output_size") {
    try $0["input"].adaptiveAvgPool2d($0.pair("output_size", 1))
  },
  "nn.functional.adaptive_max_pool1d": Operation("input output_size -return_indices") {
    try $0["input"].adaptiveMaxPool1d($0.single("output_size", 1))
  },
  "nn.functional.adaptive_max_pool2d": Operation("input output_size -return_indices") {
    try $0["input"].adaptiveMaxPool2d($0.pair("output_size", 1))
  },
  "nn.functional.avg_pool1d": Operation(
    "input kernel_size stride padding -ceil_mode count_include_pad"
  ) {
    try $0["input"].avgPool1d(
      $0.single("kernel_size", 1), stride: $0.single("stride"), padding: $0.single("padding", 0),
      countIncludePad: $0.flag("count_include_pad", true))
  },
  "nn.functional.avg_pool2d": Operation(
    "input kernel_size stride padding -ceil_mode count_include_pad -divisor_override"
  ) {
    try $0["input"].avgPool2d(
      $0.pair("kernel_size", 1), stride: $0.pair("stride"), padding: $0.pair("padding", 0),
      countIncludePad: $0.flag("count_include_pad", true))
  },
  "nn.functional.interpolate": Operation(
    "input size scale_factor mode align_corners -recompute_scale_factor -antialias"
  ) {
    try resized($0, mode: $0.choice("mode", .nearest), alignCorners: $0.flag("align_corners"))
  },
  "nn.functional.max_pool1d": Operation(
    "input kernel_size stride padding dilation -ceil_mode -return_indices"
  ) {
    try $0["input"].maxPool1d(
      $0.single("kernel_size", 1), stride: $0.single("stride"), padding: $0.single("padding", 0),
      dilation: $0.single("dilation", 1))
  },
  "nn.functional.max_pool2d": Operation(
    "input kernel_size stride padding dilation -ceil_mode -return_indices"
  ) {
    try $0["input"].maxPool2d(
      $0.pair("kernel_size", 1), stride: $0.pair("stride"), padding: $0.pair("padding", 0),
      dilation: $0.pair("dilation", 1))
  },
  "nn.functional.upsample_bilinear": Operation("input size scale_factor") {
    try resized($0, mode: .bilinear, alignCorners: true)
  },
  "nn.functional.upsample_nearest": Operation("input size scale_factor") {
    try resized($0, mode: .nearest, alignCorners: false)
  },
]

private func resized(
  _ call: Call, mode: Tensor.Interpolation, alignCorners: Bool
) throws -> Tensor {
  let x = try call["input"]
  /// Repeats a single number for all dims.
  func spread<Number>(_ numbers: [Number]) -> [Number] {
    numbers.count == 1 ? [Number](repeating: numbers[0], count: max(x.ndim - 2, 1)) : numbers
  }
  if let factors = try call.numbers("scale_factor") {
    return x.interpolate(scaleFactor: spread(factors), mode: mode, alignCorners: alignCorners)
  }
  return x.interpolate(
    size: spread(try call.ints("size", [])), mode: mode, alignCorners: alignCorners)
}
