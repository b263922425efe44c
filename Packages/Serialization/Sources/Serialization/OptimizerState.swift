import Tensors

extension SavedValue {
  /// Converts the `state_dict()` of a PyTorch optimizer to a state dict of Flambeau's optimizer of
  /// the same name; nil if this is not one.
  ///
  /// Settings that do not change during training, such as `eps`, are not converted.
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
      // `initial_lr` is set by schedulers. Adam's first beta corresponds to SGD's momentum.
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
        // PyTorch stores state by the parameters' numbers, Flambeau by their order.
        guard let number = parameter.int, let own = state["\(number)"]?.entries else {
          continue
        }
        // SGD does not count steps, but has state only after the first.
        let steps = own["step"]?.setting.flatMap { Int(exactly: $0) } ?? 1
        dict["state.\(index).step"] = Tensor(steps)
        for (name, value) in own where name != "step" {
          if let tensor = value.tensor { dict["state.\(index).\(name)"] = tensor }
        }
      }
    }
    return dict
  }

  /// A number, or the element of a tensor with one element.
  private var setting: Double? { double ?? tensor.flatMap { $0.numel == 1 ? $0.item() : nil } }
}
