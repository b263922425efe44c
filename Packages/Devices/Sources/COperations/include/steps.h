#pragma once
#include <stdbool.h>

/// What one step of Adam needs. PyTorch's torch.optim.Adam; Kingma and Ba, 2014.
typedef struct {
  double lr, beta1, beta2, eps, weight_decay;
  /// The number of this step, from 1 on.
  long step;
} AdamStep;

/// What one step of SGD needs. PyTorch's torch.optim.SGD.
typedef struct {
  double lr, momentum, dampening, weight_decay;
  bool nesterov;
  /// Whether this is the first step, at which the velocity starts as the gradient.
  bool first;
} SGDStep;
