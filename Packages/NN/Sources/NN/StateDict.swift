import Foundation

extension Module {
  /// The parameters by name, as they are saved: `torch.nn.Module.state_dict`.
  ///
  /// The tensors share memory with the parameters.
  public func stateDict() -> StateDict {
    namedParameters().mapValues { $0.detach() }
  }

  /// Takes over the values of a state dict: `torch.nn.Module.load_state_dict`.
  ///
  /// - Throws: ``StateDictError`` with every key that does not match, and then changes nothing.
  public func loadStateDict(_ state: StateDict) throws {
    let parameters = namedParameters()
    var error = StateDictError()
    for (name, parameter) in parameters {
      guard let loaded = state[name] else {
        error.missing.append(name)
        continue
      }
      if loaded.shape != parameter.shape {
        error.misshapen.append(
          .init(name: name, shape: loaded.shape, expected: parameter.shape))
      }
    }
    error.unexpected = state.keys.filter { parameters[$0] == nil }
    if !error.isEmpty { throw error }
    noGrad {
      for (name, parameter) in parameters { parameter.copy(from: state[name]!) }
    }
  }
}

/// Why a state dict does not fit a model: all that does not match.
public struct StateDictError: Error, Equatable, LocalizedError {
  /// A parameter of another shape.
  public struct Mismatch: Equatable, Sendable {
    public var name: String
    public var shape: [Int]
    public var expected: [Int]
  }

  /// Parameters of the model that the state dict lacks.
  public var missing: [String] = []
  /// Keys of the state dict that the model has no parameter for.
  public var unexpected: [String] = []
  /// Keys whose shapes differ.
  public var misshapen: [Mismatch] = []

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

  public var errorDescription: String? {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("missing keys: " + missing.joined(separator: ", ")) }
    if !unexpected.isEmpty {
      parts.append("unexpected keys: " + unexpected.joined(separator: ", "))
    }
    parts += misshapen.map { "\($0.name) has shape \($0.shape), the model's \($0.expected)" }
    return "the state dict does not match the model: " + parts.joined(separator: "; ")
  }
}
