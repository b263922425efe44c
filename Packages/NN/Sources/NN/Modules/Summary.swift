import Foundation

/// A table of a model's layers, output shapes and parameters, as `torchinfo.summary` shows it.
///
///     print(model.summary(inputShape: [32, 1, 28, 28]))
public struct Summary: Sendable {
  /// A call of a module.
  public struct Row: Sendable {
    /// The module's type.
    public let type: String
    /// Its name in the model.
    public let name: String
    /// The depth of its nesting.
    public let depth: Int
    /// Its number among the calls at the same depth, from 1.
    public let index: Int
    /// The shape of its first output.
    public internal(set) var outputShape: [Int] = []
    /// The number of its own parameters, without those of its submodules.
    public let parameters: Int
    /// The number of its own parameters that are trainable.
    public let trainable: Int
    /// The number of multiply-adds with its parameters.
    public internal(set) var multiplyAdds = 0
    /// Whether it has submodules.
    public let hasChildren: Bool
    /// Whether it was called before.
    public let isRepeated: Bool
    /// The size of its parameters in bytes.
    public let parameterBytes: Int
    /// The size of its output in bytes.
    public internal(set) var outputBytes = 0
    /// Whether all, some or none of its parameters are trainable, including those of its
    /// submodules; nil without parameters.
    public let trains: String?
  }

  /// A row for each call of a module, in order.
  public internal(set) var rows: [Row] = []
  /// The size of the inputs in bytes.
  public let inputBytes: Int

  /// The number of parameters.
  public var parameters: Int { sum(\.parameters) }
  /// The number of trainable parameters.
  public var trainableParameters: Int { sum(\.trainable) }
  /// The size of the parameters in bytes.
  public var parameterBytes: Int { sum(\.parameterBytes) }
  /// The number of multiply-adds of all layers.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }
  /// The bytes of the outputs of all layers with parameters, and of their gradients.
  public var passBytes: Int {
    rows.filter { $0.parameters > 0 && !$0.hasChildren }.reduce(0) { $0 + 2 * $1.outputBytes }
  }

  private func sum(_ value: (Row) -> Int) -> Int {
    rows.filter { !$0.isRepeated }.reduce(0) { $0 + value($1) }
  }
}

extension Module {
  /// Runs the model once on zeros, without gradients and in evaluation mode, and summarizes it.
  public func summary(
    inputShape: [Int], dtype: DType = .float32, device: Device = .default
  ) -> Summary {
    let input = Tensor.zeros(inputShape, dtype: dtype, device: device)
    return summary(inputs: [input]) { _ = self(input) }
  }

  /// Summarizes the model while `body` calls it, for a model of several inputs:
  /// `model.summary { _ = model(x, y) }`.
  public func summary(inputs: [Tensor] = [], _ body: () -> Void) -> Summary {
    let bytes = inputs.reduce(0) { $0 + $1.numel * $1.dtype.itemSize }
    let record = SummaryRecord(Summary(inputBytes: bytes), of: self)
    let handles = modules().flatMap { module in
      [
        module.registerForwardPreHook { module, _ in
          record.enter(module)
          return nil
        },
        module.registerForwardHook { module, _, output in
          record.leave(module, output)
          return nil
        },
      ]
    }
    defer { for handle in handles { handle.remove() } }
    inEvaluation { noGrad(body) }
    return record.summary
  }
}

/// Records the calls of modules in a summary.
private final class SummaryRecord {
  var summary: Summary
  private let names: [ObjectIdentifier: String]
  private var running: [Int] = []
  private var counts: [Int: Int] = [:]
  private var seen: Set<ObjectIdentifier> = []

  init(_ summary: Summary, of model: Module) {
    self.summary = summary
    names = Dictionary(
      model.namedModules().map { (ObjectIdentifier($0.module), $0.name) }
    ) { first, _ in first }
  }

  func enter(_ module: Module) {
    let depth = running.count
    counts[depth, default: 0] += 1
    let own = module.ownTensors.filter(\.stored.isParameter).compactMap(\.stored.tensor)
    let all = module.parameters()
    let trained = all.count(where: \.requiresGrad)
    let isFirst = seen.insert(ObjectIdentifier(module)).inserted
    running.append(summary.rows.count)
    summary.rows.append(
      Summary.Row(
        type: "\(type(of: module))", name: names[ObjectIdentifier(module)] ?? "", depth: depth,
        index: counts[depth]!, parameters: own.reduce(0) { $0 + $1.numel },
        trainable: own.filter(\.requiresGrad).reduce(0) { $0 + $1.numel },
        hasChildren: !module.namedChildren().isEmpty, isRepeated: !isFirst,
        parameterBytes: own.reduce(0) { $0 + $1.numel * $1.dtype.itemSize },
        trains: all.isEmpty
          ? nil : trained == all.count ? "True" : trained == 0 ? "False" : "Partial"))
  }

  func leave(_ module: Module, _ output: Any) {
    let place = running.removeLast()
    guard let tensor = firstTensor(output) else { return }
    let shape = tensor.shape
    summary.rows[place].outputShape = shape
    summary.rows[place].outputBytes = tensor.numel * tensor.dtype.itemSize
    func product(_ sizes: some Sequence<Int>) -> Int { sizes.reduce(1) { $0 * $1 } }
    for (name, stored) in module.ownTensors where stored.isParameter {
      let count = stored.tensor?.numel ?? 0
      let isConvolution = module is Convolution
      // As in torchinfo: a convolution's weight is applied at each output position, `weight` and
      // `bias` of other layers once for each example, and all else at each time step.
      summary.rows[place].multiplyAdds +=
        isConvolution
        ? count * product(shape.enumerated().filter { $0.offset != 1 }.map(\.element))
        : name == "weight" || name == "bias"
          ? count * (shape.first ?? 1) : count * product(shape.prefix(2))
    }
  }

  private func firstTensor(_ value: Any) -> Tensor? {
    if let tensor = value as? Tensor { return tensor }
    for child in Mirror(reflecting: value).children {
      if let tensor = firstTensor(child.value) { return tensor }
    }
    return nil
  }
}

extension Summary: CustomStringConvertible {
  public var description: String {
    let titles = ["Output Shape", "Param #", "Mult-Adds", "Trainable"]
    let names = rows.map { row in
      row.depth == 0
        ? row.type
        : String(repeating: "│    ", count: row.depth - 1) + (row.depth == 1 ? "├─" : "└─")
          + "\(row.type): \(row.depth)-\(row.index)"
    }
    let width = max(40, (names.map(\.count).max() ?? 0) + 1)
    func line(_ name: String, _ cells: [String]) -> String {
      let padded = [name.padded(width)] + cells.map { $0.padded(25) }
      return padded.joined(separator: " ").trimmingTrailingSpaces
    }
    func count(_ number: Int) -> String { number == 0 ? "--" : number.grouped }
    let divider = String(repeating: "=", count: width + 25 * titles.count)
    var lines = [divider, line("Layer (type:depth-idx)", titles), divider]
    for (row, name) in zip(rows, names) {
      let parameters =
        row.isRepeated && row.parameters > 0
        ? "(recursive)"
        : row.trains == "False" && row.parameters > 0
          ? "(\(row.parameters.grouped))" : count(row.parameters)
      lines.append(
        line(
          name,
          ["\(row.outputShape)", parameters, count(row.multiplyAdds), row.trains ?? "--"]))
    }
    func megabytes(_ bytes: Int) -> String { String(format: "%.2f", Double(bytes) / 1e6) }
    lines += [
      divider, "Total params: \(parameters.grouped)",
      "Trainable params: \(trainableParameters.grouped)",
      "Non-trainable params: \((parameters - trainableParameters).grouped)",
      "Total mult-adds \(multiplyAdds.inUnits)", divider,
      "Input size (MB): \(megabytes(inputBytes))",
      "Forward/backward pass size (MB): \(megabytes(passBytes))",
      "Params size (MB): \(megabytes(parameterBytes))",
      "Estimated Total Size (MB): \(megabytes(inputBytes + passBytes + parameterBytes))", divider,
    ]
    return lines.joined(separator: "\n")
  }
}

extension Int {
  /// With commas as thousands separators.
  fileprivate var grouped: String {
    var digits = Array(String(magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) {
      digits.insert(",", at: place)
    }
    return (self < 0 ? "-" : "") + String(digits)
  }

  /// In millions, billions or trillions.
  fileprivate var inUnits: String {
    let (amount, unit) =
      self >= 1_000_000_000_000
      ? (Double(self) / 1e12, "T")
      : self >= 1_000_000_000 ? (Double(self) / 1e9, "G") : (Double(self) / 1e6, "M")
    return "(\(unit)): \(String(format: "%.2f", amount))"
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
