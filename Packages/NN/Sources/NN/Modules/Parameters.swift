// The parameters and buffers of a module and its submodules.

extension Module {
  /// All parameters by name, each once.
  public func namedParameters() -> StateDict { namedTensors(\.isParameter) }

  /// All buffers by name, each once.
  public func namedBuffers() -> StateDict { namedTensors { !$0.isParameter } }

  /// All parameters, each once, in order.
  public func parameters() -> [Tensor] { Array(namedParameters().values) }

  /// All buffers, each once, in order.
  public func buffers() -> [Tensor] { Array(namedBuffers().values) }

  private func namedTensors(_ isWanted: (any StoredTensor) -> Bool) -> StateDict {
    var seen: Set<ObjectIdentifier> = []
    var found: StateDict = [:]
    for (path, module) in namedModules() {
      for (name, stored) in module.ownTensors where isWanted(stored) {
        guard let tensor = stored.tensor, seen.insert(ObjectIdentifier(tensor)).inserted else {
          continue
        }
        found[joined(path, name)] = tensor
      }
    }
    return found
  }

  /// Clears the gradients of all parameters: `torch.nn.Module.zero_grad`.
  public func zeroGrad() {
    for parameter in parameters() { parameter.grad = nil }
  }

  /// Sets whether all parameters require a gradient; those that do not are frozen:
  /// `torch.nn.Module.requires_grad_`.
  @discardableResult
  public func requiresGrad(_ requiresGrad: Bool) -> Self {
    for parameter in parameters() { parameter.requiresGrad = requiresGrad }
    return self
  }

  /// Moves parameters and buffers to a device: `torch.nn.Module.to`. Call it before creating the
  /// optimizer.
  @discardableResult
  public func to(_ device: Device) -> Self {
    replaceTensors { $1.device == device ? nil : $1.to(device) }
  }

  /// Converts floating-point parameters and buffers to another floating-point dtype:
  /// `torch.nn.Module.to`. Call it before creating the optimizer.
  @discardableResult
  public func to(_ dtype: DType) -> Self {
    guard dtype.isFloatingPoint else {
      fatalError("to(_:): \(type(of: self)) cannot have parameters of \(dtype)")
    }
    return replaceTensors {
      $1.dtype == dtype || !$1.dtype.isFloatingPoint ? nil : $1.to(dtype)
    }
  }

  /// Converts to float32: `torch.nn.Module.float`.
  @discardableResult
  public func float() -> Self { to(.float32) }

  /// Converts to float64: `torch.nn.Module.double`.
  @discardableResult
  public func double() -> Self { to(.float64) }

  /// Converts to float16: `torch.nn.Module.half`.
  @discardableResult
  public func half() -> Self { to(.float16) }

  /// Converts to bfloat16: `torch.nn.Module.bfloat16`.
  @discardableResult
  public func bfloat16() -> Self { to(.bfloat16) }

  /// Moves to the CPU: `torch.nn.Module.cpu`.
  @discardableResult
  public func cpu() -> Self { to(.cpu) }

  /// Moves to an NVIDIA GPU; stops the program if there is none: `torch.nn.Module.cuda`.
  @discardableResult
  public func cuda(_ index: Int = 0) -> Self { to(.cuda(index)) }

  /// Replaces each tensor by the result of `change` for its name and value, unless nil. Shared
  /// tensors stay shared.
  @discardableResult
  func replaceTensors(_ change: (String, Tensor) -> Tensor?) -> Self {
    var changed: [ObjectIdentifier: (old: Tensor, new: Tensor)] = [:]
    for (path, module) in namedModules() {
      for (name, stored) in module.ownTensors {
        guard let tensor = stored.tensor else { continue }
        let key = ObjectIdentifier(tensor)
        guard
          let new = changed[key]?.new
            ?? noGrad({ change(joined(path, name), tensor.detach()) })
        else { continue }
        stored.replace(by: new)
        stored.tensor?.requiresGrad = tensor.requiresGrad
        changed[key] = (tensor, stored.tensor!)
      }
    }
    return self
  }
}
