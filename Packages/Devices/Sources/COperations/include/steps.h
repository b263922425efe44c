#pragma once
#include <stdbool.h>

#include "dtypes.h"

/// The kinds of optimizer.
typedef FLAMBEAU_ENUM(OptimizerRule) {
  FLAMBEAU_CASE(OptimizerRule, sgd),
  FLAMBEAU_CASE(OptimizerRule, adam),
  FLAMBEAU_CASE(OptimizerRule, adagrad),
  FLAMBEAU_CASE(OptimizerRule, rmsprop),
} OptimizerRule;

/// What one step of an optimizer needs besides the parameter p, its gradient g and up to three tensors
/// that it remembers, in the same shape.
///
/// With g including weight_decay · p, or with p made smaller by lr · weight_decay · p before if that is
/// decoupled, as in AdamW:
/// - sgd, which remembers v if momentum is not 0: v ← momentum·v + (1 - dampening)·g, at first v ← g;
///   p ← p - lr·v, with nesterov p ← p - lr·(g + momentum·v).
/// - adam, which remembers m, v and with amsgrad the largest v: m ← m + (1 - momentum)·(g - m),
///   v ← decay·v + (1 - decay)·g²; p ← p - lr / (1 - momentumᵗ) · m / (√v / √(1 - decayᵗ) + eps).
/// - adagrad, which remembers s: s ← s + g²; p ← p - lr / (1 + (t - 1)·lr_decay) · g / (√s + eps).
/// - rmsprop, which remembers v, with momentum b, and if centered a mean a: v ← decay·v + (1 - decay)·g²,
///   a ← a + (1 - decay)·(g - a); d = g / (√(v - a²) + eps); b ← momentum·b + d; p ← p - lr·b.
typedef struct {
  OptimizerRule rule;
  double lr, weight_decay, momentum, decay, eps, dampening, lr_decay;
  bool is_decoupled, nesterov;
  /// The number t of this step, from 1 on.
  long step;
} OptimizerStep;
