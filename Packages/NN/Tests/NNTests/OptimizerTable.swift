import NN

/// How an optimizer of the golden file is created, here and in PyTorch; Golden/make_golden.py reads
/// these lines.
struct OptimizerCase: Sendable {
  let make: @Sendable ([Tensor]) -> Optimizer

  /// - Parameter torch: the call in `torch.optim`, for the parameters p.
  init(_ torch: String, make: @escaping @Sendable ([Tensor]) -> Optimizer) {
    self.make = make
  }
}

/// The optimizers, by the names of the golden runs.
let optimizerCases: [String: OptimizerCase] = [
  "sgd": OptimizerCase("SGD(p, lr=0.1)") { SGD($0, lr: 0.1) },
  "sgd, momentum": OptimizerCase("SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01)") {
    SGD($0, lr: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01)
  },
  "sgd, nesterov": OptimizerCase("SGD(p, lr=0.1, momentum=0.9, nesterov=True)") {
    SGD($0, lr: 0.1, momentum: 0.9, nesterov: true)
  },
  "adam": OptimizerCase("Adam(p, lr=0.01)") { Adam($0, lr: 0.01) },
  "sgd, groups": OptimizerCase(
    "SGD([{'params': p[:2], 'lr': 0.01}, {'params': p[2:], 'weight_decay': 0.1}], lr=0.1, momentum=0.5)"
  ) {
    SGD(
      [
        ParameterGroup(Array($0[..<2]), lr: 0.01),
        ParameterGroup(Array($0[2...]), weightDecay: 0.1),
      ], lr: 0.1, momentum: 0.5)
  },
  "adam, amsgrad": OptimizerCase("Adam(p, lr=0.05, amsgrad=True)") {
    Adam($0, lr: 0.05, amsgrad: true)
  },
  "adamw": OptimizerCase("AdamW(p, lr=0.02, weight_decay=0.2)") {
    AdamW($0, lr: 0.02, weightDecay: 0.2)
  },
  "adagrad": OptimizerCase(
    "Adagrad(p, lr=0.1, lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1)"
  ) {
    Adagrad($0, lr: 0.1, lrDecay: 0.01, weightDecay: 0.01, initialAccumulatorValue: 0.1)
  },
  "rmsprop": OptimizerCase("RMSprop(p, lr=0.01)") { RMSprop($0, lr: 0.01) },
  "rmsprop, all": OptimizerCase(
    "RMSprop(p, lr=0.003, alpha=0.9, weight_decay=0.01, momentum=0.8, centered=True)"
  ) {
    RMSprop($0, lr: 0.003, alpha: 0.9, weightDecay: 0.01, momentum: 0.8, centered: true)
  },
  "adam, decay": OptimizerCase("Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)") {
    Adam($0, lr: 0.05, betas: (0.8, 0.99), eps: 1e-6, weightDecay: 0.1)
  },
]
