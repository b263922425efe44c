#pragma once
#include <stdbool.h>

#include "dtypes.h"

// All optimizer rules: X(name).
#define FLAMBEAU_OPTIMIZER_RULES(X) X(sgd) X(adam) X(adagrad) X(rmsprop)

/// The optimizer rules.
typedef FLAMBEAU_ENUM(OptimizerRule) {
#define X(name) FLAMBEAU_CASE(OptimizerRule, name),
  FLAMBEAU_OPTIMIZER_RULES(X)
#undef X
} OptimizerRule;

const char *flambeau_optimizer_name(OptimizerRule rule);

/// The hyperparameters of one optimizer step. It updates the parameter p from its gradient g and up to three states of
/// the same shape.
///
/// weight_decay · p is first added to g or, if decoupled as in AdamW, lr · weight_decay · p is subtracted from p. Then:
/// - sgd, with the state v if momentum is not 0: v ← momentum·v + (1 - dampening)·g, in the first step v ← g;
///   p ← p - lr·v, with nesterov p ← p - lr·(g + momentum·v).
/// - adam, with the states m, v and, for amsgrad, the largest v: m ← m + (1 - momentum)·(g - m),
///   v ← decay·v + (1 - decay)·g²; p ← p - lr / (1 - momentumᵗ) · m / (√v / √(1 - decayᵗ) + eps).
/// - adagrad, with the state s: s ← s + g²; p ← p - lr / (1 + (t - 1)·lr_decay) · g / (√s + eps).
/// - rmsprop, with the states v, b for momentum and, if centered, the mean a: v ← decay·v + (1 - decay)·g²,
///   a ← a + (1 - decay)·(g - a); d = g / (√(v - a²) + eps); b ← momentum·b + d; p ← p - lr·b.
typedef struct {
  OptimizerRule rule;
  double lr, weight_decay, momentum, decay, eps, dampening, lr_decay;
  bool is_decoupled, nesterov;
  /// The number t of this step, starting at 1.
  long step;
} OptimizerStep;

// The arithmetic of one element, for the kernels of all devices: for each rule, the constants of the step s, and the
// update of an element. T is the compute type; p, g, first, second and third are the parameter, the gradient and the
// states; has_first, has_second and has_third say which states exist.

// Weight decay: decoupled, of the parameter; else, as a term of the gradient.
#define FLAMBEAU_DECAY_CONSTANTS                                       \
  const T keep = (T)(s.is_decoupled ? 1 - s.lr * s.weight_decay : 1);  \
  const T share = (T)(s.is_decoupled ? 0 : s.weight_decay);
#define FLAMBEAU_DECAY \
  p *= keep;           \
  g += share * p;

#define FLAMBEAU_CONSTANTS_sgd                                    \
  const T lr = (T)s.lr, momentum = (T)s.momentum;                 \
  const T kept = (T)(s.step == 1 ? 0 : s.momentum);               \
  const T fresh = (T)(s.step == 1 ? 1 : 1 - s.dampening);
#define FLAMBEAU_STEP_sgd                                              \
  if (has_first) {                                                \
    first = kept * first + fresh * g;                             \
    g = s.nesterov ? g + momentum * first : first;                \
  }                                                               \
  p -= lr * g;

// The square root of the bias correction is hoisted out of the loop, which leaves a single division in it.
#define FLAMBEAU_CONSTANTS_adam                                   \
  const double root = sqrt(1 - pow(s.decay, (double)s.step));     \
  const T step_size = (T)(s.lr * root / (1 - pow(s.momentum, (double)s.step))); \
  const T new_m = (T)(1 - s.momentum), new_v = (T)(1 - s.decay);  \
  const T decay = (T)s.decay, eps = (T)(s.eps * root);
#define FLAMBEAU_STEP_adam                                             \
  first += new_m * (g - first);                                   \
  second = decay * second + new_v * g * g;                        \
  third = third > second ? third : second;                        \
  p -= step_size * first / (sqrt(has_third ? third : second) + eps);

#define FLAMBEAU_CONSTANTS_adagrad                                \
  const T lr = (T)(s.lr / (1 + (s.step - 1) * s.lr_decay)), eps = (T)s.eps;
#define FLAMBEAU_STEP_adagrad                                          \
  first += g * g;                                                 \
  p -= lr * g / (sqrt(first) + eps);

#define FLAMBEAU_CONSTANTS_rmsprop                                \
  const T lr = (T)s.lr, momentum = (T)s.momentum;                 \
  const T decay = (T)s.decay, fresh = (T)(1 - s.decay), eps = (T)s.eps;
#define FLAMBEAU_STEP_rmsprop                                          \
  first = decay * first + fresh * g * g;                          \
  third += fresh * (g - third);                                   \
  g /= sqrt(has_third ? first - third * third : first) + eps;     \
  second = momentum * second + g;                                 \
  p -= lr * (has_second ? second : g);
