import Devices
import Foundation

/// The base class of optimizers, which update parameters from their gradients:
/// `torch.optim.Optimizer`.
///
///     optimizer.zeroGrad()
///     loss.backward()
///     optimizer.step()
///
/// Parameters may be given in groups with their own settings:
///
///     let optimizer = AdamW([
///       ParameterGroup(model.body.parameters(), lr: 1e-4),
///       ParameterGroup(model.head.parameters(), weightDecay: 0),
///     ], lr: 1e-3)
///
/// A custom optimizer overrides ``update(_:gradient:state:group:)`` with tensor operations:
///
///     final class Lion: Optimizer {
///       override func update(
///         _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
///       ) {
///         let mean = state["mean"] ?? .zerosLike(parameter)
///         parameter.update(.subtract, (mean * 0.9 + gradient * 0.1).sign() * group.lr)
///         state["mean"] = mean * 0.99 + gradient * 0.01
///       }
///     }
///
/// It then works with schedulers, parameter groups, state dicts and ``GradScaler``.
open class Optimizer {
  /// The parameter groups, whose settings schedulers change.
  public let groups: [ParameterGroup]
  /// The state of each parameter, in the order of ``parameters``; nil before its first step.
  private(set) var states: [State?]

  /// The state of a parameter.
  public struct State {
    /// The number of calls of `step`, without replays of a captured graph.
    fileprivate private(set) var ownSteps: Int
    /// The number of steps on the parameter's device, including replays; nil without a captured
    /// graph.
    fileprivate private(set) var count: Tensor?
    // In the order of the kernel's arguments; nil for those that the settings do not need.
    fileprivate private(set) var names: [String?]
    fileprivate private(set) var tensors: [Tensor?]

    fileprivate init(steps: Int, names: [String?], tensors: [Tensor?]) {
      ownSteps = steps
      (self.names, self.tensors) = (names, tensors)
    }

    /// The number of steps, including the current one.
    public var steps: Int { count?.item(as: Int.self) ?? ownSteps }

    /// The state tensor with a name, as in PyTorch's state dicts; nil before it is set.
    public subscript(name: String) -> Tensor? {
      get { names.firstIndex(of: name).flatMap { tensors[$0] } }
      set {
        if let place = names.firstIndex(of: name) {
          tensors[place] = newValue
        } else {
          names.append(name)
          tensors.append(newValue)
        }
      }
    }

    /// Increments the number of steps.
    fileprivate mutating func advance(on device: Device) {
      if count == nil, device.backend.isCapturing {
        let steps = ownSteps
        count = device.backend.beforeCapture {
          Tensor.full([], Double(steps), dtype: .int64, device: device)
        }
      }
      count?.update(.add, Tensor(1))
      ownSteps += 1
    }
  }

  /// Creates an optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameters to optimize; they must be leaves that require a gradient.
  ///   - lr: learning rate of groups that do not set one.
  ///   - weightDecay: weight decay of groups that do not set one.
  ///   - momentum: momentum of groups that do not set one.
  public init(
    _ groups: [ParameterGroup], lr: Double, weightDecay: Double = 0, momentum: Double = 0
  ) {
    for group in groups {
      group.lr = group.given.lr ?? lr
      group.weightDecay = group.given.weightDecay ?? weightDecay
      group.momentum = group.given.momentum ?? momentum
      group.initialLR = group.lr
      Self.check("lr", group.lr, in: 0...)
      Self.check("weightDecay", group.weightDecay, in: 0...)
    }
    let parameters = groups.flatMap(\.parameters)
    guard !parameters.isEmpty else {
      fatalError("\(Self.self): there are no parameters to optimize")
    }
    for parameter in parameters where !parameter.isLeaf {
      fatalError(
        "\(Self.self): a tensor of shape \(parameter.shape) was computed from others; an optimizer "
          + "changes leaves, such as a model's parameters")
    }
    guard Set(parameters.map(ObjectIdentifier.init)).count == parameters.count else {
      fatalError("\(Self.self): a parameter occurs twice")
    }
    self.groups = groups
    states = parameters.map { _ in nil }
  }

  /// The parameters of all groups.
  public var parameters: [Tensor] { groups.flatMap(\.parameters) }

  /// The learning rate of the first group; setting it sets that of all groups.
  public var lr: Double {
    get { groups[0].lr }
    set { for group in groups { group.lr = newValue } }
  }

  /// Updates a parameter in place, given its gradient. Operations are not recorded.
  ///
  /// - Parameters:
  ///   - parameter: parameter to update.
  ///   - gradient: its gradient, which must not be changed.
  ///   - state: state that is kept between steps.
  ///   - group: group with the parameter's settings.
  open func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    fatalError("\(Self.self): override func update(_:gradient:state:group:)")
  }

  /// The step for a fused kernel; nil if there is none.
  func rule(_ group: ParameterGroup) -> OptimizerStep? { nil }

  /// The names of the state tensors, in the order of the kernel's arguments; nil for unused ones.
  func stateNames(_ group: ParameterGroup) -> [String?] { [] }

  /// The initial value of a parameter's state tensors.
  func initialState(_ parameter: Tensor) -> Tensor { .zerosLike(parameter) }

  /// Takes a step: updates all parameters that have a gradient: `torch.optim.Optimizer.step`.
  public func step() {
    noGrad {
      var index = 0
      for group in groups {
        for parameter in group.parameters {
          defer { index += 1 }
          guard let gradient = parameter.grad else { continue }
          if states[index] == nil {
            if parameter.device.backend.isCapturing {
              fatalError(
                "\(Self.self).step: the first step cannot be captured, since each replay would "
                  + "initialize the state again; take a step before")
            }
            let names = stateNames(group)
            states[index] = State(
              steps: 0, names: names, tensors: names.map { $0.map { _ in initialState(parameter) } }
            )
          }
          var state = states[index].take()!
          state.advance(on: parameter.device)
          if var rule = rule(group), parameter.device.backend.supports(.optimize) {
            rule.step = state.ownSteps
            parameter.optimize(
              rule, gradient: gradient, states: state.tensors, count: state.count)
          } else {
            update(parameter, gradient: gradient, state: &state, group: group)
          }
          states[index] = state
        }
      }
    }
  }

  /// Clears the gradients: `torch.optim.Optimizer.zero_grad`.
  public func zeroGrad() {
    for group in groups {
      for parameter in group.parameters { parameter.grad = nil }
    }
  }

  /// Stops the program if a setting is out of range.
  static func check(_ name: String, _ value: Double, in range: some RangeExpression<Double>) {
    if !range.contains(value) { fatalError("\(Self.self): \(name) \(value) is out of range") }
  }
}

/// Parameters that share settings. Omitted settings are the optimizer's.
public final class ParameterGroup {
  /// Its parameters.
  public let parameters: [Tensor]
  /// The learning rate.
  public var lr = 0.0
  /// The weight decay (L2 penalty).
  public var weightDecay = 0.0
  /// The momentum of SGD and RMSprop, the first of Adam's betas.
  public var momentum = 0.0
  /// The learning rate that schedulers start from.
  public internal(set) var initialLR = 0.0
  let given: (lr: Double?, weightDecay: Double?, momentum: Double?)

  /// Creates a group; omitted settings are the optimizer's.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - momentum: momentum factor.
  public init(
    _ parameters: [Tensor], lr: Double? = nil, weightDecay: Double? = nil,
    momentum: Double? = nil
  ) {
    self.parameters = parameters
    given = (lr, weightDecay, momentum)
  }
}

/// Saving and loading.
extension Optimizer {
  /// The state of each parameter, with keys such as `state.0.exp_avg`, and the settings that
  /// schedulers change, with keys such as `param_groups.0.lr`: `torch.optim.Optimizer.state_dict`.
  public func stateDict() -> StateDict {
    var dict: StateDict = [:]
    var index = 0
    for (place, group) in groups.enumerated() {
      for (name, value) in group.settings {
        dict["param_groups.\(place).\(name)"] = Tensor(value, dtype: .float64)
      }
      for _ in group.parameters {
        defer { index += 1 }
        guard let state = states[index] else { continue }
        dict["state.\(index).step"] = Tensor(state.steps)
        for (name, tensor) in zip(state.names, state.tensors) {
          if let name, let tensor { dict["state.\(index).\(name)"] = tensor.detach().clone() }
        }
      }
    }
    return dict
  }

  /// Restores the state from ``stateDict()``: `torch.optim.Optimizer.load_state_dict`.
  ///
  /// - Throws: ``StateDictError`` with all mismatches; the optimizer is then unchanged.
  public func loadStateDict(_ dict: StateDict) throws {
    var error = StateDictError()
    var known: Set<String> = []
    func entry(_ key: String, _ shape: [Int]) -> Tensor? {
      known.insert(key)
      guard let tensor = dict[key] else {
        error.missing.append(key)
        return nil
      }
      if tensor.shape != shape {
        error.mismatchedShapes.append(.init(name: key, shape: tensor.shape, expected: shape))
      }
      return tensor
    }
    var loaded: [State?] = []
    var settings: [[Double]] = []
    for (place, group) in groups.enumerated() {
      settings.append(
        group.settings.map { entry("param_groups.\(place).\($0.name)", [])?.item() ?? 0 })
      for parameter in group.parameters {
        let index = loaded.count
        guard dict["state.\(index).step"] != nil else {
          loaded.append(nil)
          continue
        }
        let steps = entry("state.\(index).step", []).map { $0.item(as: Int.self) } ?? 0
        guard rule(group) != nil else {
          loaded.append(ownState(index, steps, of: dict, &known))
          continue
        }
        let names = stateNames(group)
        let tensors = names.map { name in
          name.flatMap { entry("state.\(index).\($0)", parameter.shape) }
        }
        let own = tensors.map { tensor in
          tensor.map { tensor in
            let own = Tensor.emptyLike(parameter)
            own.copy(from: tensor)
            return own
          }
        }
        loaded.append(State(steps: steps, names: names, tensors: own))
      }
    }
    error.unexpected = dict.keys.filter { !known.contains($0) }
    if !error.isEmpty { throw error }
    states = loaded
    for (group, values) in zip(groups, settings) {
      group.settings = zip(group.settings, values).map { ($0.name, $1) }
    }
  }

  /// The state of a custom optimizer's parameter: all of its entries in the state dict.
  private func ownState(
    _ index: Int, _ steps: Int, of dict: StateDict, _ known: inout Set<String>
  ) -> State {
    var state = State(steps: steps, names: [], tensors: [])
    let prefix = "state.\(index)."
    for (key, tensor) in dict where key.hasPrefix(prefix) && key != prefix + "step" {
      known.insert(key)
      state[String(key.dropFirst(prefix.count))] =
        tensor.to(parameters[index].device).detach().clone()
    }
    return state
  }
}

extension ParameterGroup {
  /// The settings that may change during training, by PyTorch's names.
  fileprivate var settings: [(name: String, value: Double)] {
    get {
      [
        ("lr", lr), ("initial_lr", initialLR), ("weight_decay", weightDecay),
        ("momentum", momentum),
      ]
    }
    set {
      (lr, initialLR, weightDecay, momentum) = (
        newValue[0].value, newValue[1].value, newValue[2].value, newValue[3].value
      )
    }
  }
}
