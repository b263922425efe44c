// Losses.

import NN
import Tensors

let losses: [String: Operation] = [
  "nn.functional.binary_cross_entropy": Operation(
    "input target weight -size_average -reduce reduction"
  ) {
    try binaryCrossEntropy(
      $0["input"], $0["target"], weight: $0.tensor("weight"),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.binary_cross_entropy_with_logits": Operation(
    "input target weight -size_average -reduce reduction pos_weight"
  ) {
    try bceWithLogits(
      $0["input"], $0["target"], weight: $0.tensor("weight"), posWeight: $0.tensor("pos_weight"),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.cosine_embedding_loss": Operation(
    "input1 input2 target margin -size_average -reduce reduction"
  ) {
    try cosineEmbeddingLoss(
      $0["input1"], $0["input2"], $0["target"], margin: $0.number("margin", 0),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.cross_entropy": Operation(
    "input target weight -size_average ignore_index -reduce reduction label_smoothing"
  ) {
    try crossEntropy(
      $0["input"], $0["target"], weight: $0.tensor("weight"),
      ignoreIndex: $0.int("ignore_index", -100), labelSmoothing: $0.number("label_smoothing", 0),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.hinge_embedding_loss": Operation(
    "input target margin -size_average -reduce reduction"
  ) {
    try hingeEmbeddingLoss(
      $0["input"], $0["target"], margin: $0.number("margin", 1),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.huber_loss": Operation("input target reduction delta -weight") {
    try huberLoss(
      $0["input"], $0["target"], delta: $0.number("delta", 1),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.kl_div": Operation(
    "input target -size_average -reduce reduction log_target"
  ) {
    try klDiv(
      $0["input"], $0["target"], logTarget: $0.flag("log_target"),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.l1_loss": Operation(
    "input target -size_average -reduce reduction -weight"
  ) {
    try l1Loss($0["input"], $0["target"], reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.mse_loss": Operation(
    "input target -size_average -reduce reduction -weight"
  ) {
    try mseLoss($0["input"], $0["target"], reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.nll_loss": Operation(
    "input target weight -size_average ignore_index -reduce reduction"
  ) {
    try nllLoss(
      $0["input"], $0["target"], weight: $0.tensor("weight"),
      ignoreIndex: $0.int("ignore_index", -100), reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.smooth_l1_loss": Operation(
    "input target -size_average -reduce reduction beta"
  ) {
    try smoothL1Loss(
      $0["input"], $0["target"], beta: $0.number("beta", 1),
      reduction: $0.choice("reduction", .mean))
  },
  "nn.functional.triplet_margin_loss": Operation(
    "anchor positive negative margin p eps swap -size_average -reduce reduction"
  ) {
    try tripletMarginLoss(
      $0["anchor"], $0["positive"], $0["negative"], margin: $0.number("margin", 1),
      p: $0.number("p", 2), eps: $0.number("eps", 1e-6), swap: $0.flag("swap"),
      reduction: $0.choice("reduction", .mean))
  },
]
