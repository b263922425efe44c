import Tensors

extension SavedValue {
  /// What an optimizer of PyTorch's, whose `state_dict()` this is, remembers, as the state dict of
  /// the optimizer of the same name here; nil where this is none.
  ///
  /// Settings that do not change in the course of training, such as `eps`, are not taken over.
  public var optimizerState: StateDict? {
    guard let state = self["state"]?.entries, let groups = self["param_groups"]?.elements else {
      return nil
    }
    var dict = StateDict()
    var index = 0
    for (place, group) in groups.enumerated() {
      guard let lr = group["lr"]?.setting, let parameters = group["params"]?.elements else {
        return nil
      }
      // A scheduler notes what it starts from. What SGD calls momentum is Adam's first beta.
      let settings = [
        ("lr", lr), ("initial_lr", group["initial_lr"]?.setting ?? lr),
        ("weight_decay", group["weight_decay"]?.setting ?? 0),
        ("momentum", group["momentum"]?.setting ?? group["betas"]?[0]?.setting ?? 0),
      ]
      for (name, value) in settings {
        dict["param_groups.\(place).\(name)"] = Tensor(value, dtype: .float64)
      }
      for parameter in parameters {
        defer { index += 1 }
        // Parameters have numbers; state is kept by them, and here by the order of the parameters.
        guard let number = parameter.int, let own = state["\(number)"]?.entries else {
          continue
        }
        // SGD does not count its steps, but remembers something only after the first.
        let steps = own["step"]?.setting.flatMap { Int(exactly: $0) } ?? 1
        dict["state.\(index).step"] = Tensor(steps)
        for (name, value) in own where name != "step" {
          if let tensor = value.tensor { dict["state.\(index).\(name)"] = tensor }
        }
      }
    }
    return dict
  }

  /// A number, also where it is in a tensor.
  private var setting: Double? { double ?? tensor.flatMap { $0.numel == 1 ? $0.item() : nil } }
}
