@_spi(Flambeau) import Files
import OrderedCollections
import Tensors

/// A value that Python saved: a tensor, a number, a text, or a tree of them.
///
///     let checkpoint = try loadValue("checkpoint.pth")
///     let epoch = checkpoint["epoch"]?.integer
///     try model.loadStateDict(checkpoint["model_state_dict"]?.stateDict ?? [:])
///     try optimizer.loadStateDict(checkpoint["optimizer_state_dict"]?.optimizerState ?? [:])
public indirect enum SavedValue: Sendable {
  /// `None`.
  case none
  /// `True` or `False`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A text.
  case text(String)
  /// Bytes.
  case bytes([UInt8])
  /// A list, a tuple or a set.
  case list([SavedValue])
  /// A dictionary in its order. Keys that are numbers are written as texts.
  case dictionary(OrderedDictionary<String, SavedValue>)
  /// A tensor.
  case tensor(Tensor)
  /// Something else: what it was in Python.
  case other(String)
}

extension SavedValue {
  /// The value of a key; nil where there is none, or this is no dictionary.
  public subscript(key: String) -> SavedValue? {
    if case .dictionary(let entries) = self { entries[key] } else { nil }
  }

  /// The value at a place; nil where there is none, or this is no list.
  public subscript(index: Int) -> SavedValue? {
    if case .list(let elements) = self, elements.indices.contains(index) {
      elements[index]
    } else {
      nil
    }
  }

  /// The tensor that this is.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }

  /// The whole number that this is.
  public var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The number that this is, whole or not.
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    default: nil
    }
  }

  /// The truth value that this is.
  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  /// The text that this is.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// What is in the list that this is.
  public var elements: [SavedValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// What is in the dictionary that this is.
  public var entries: OrderedDictionary<String, SavedValue>? {
    if case .dictionary(let entries) = self { entries } else { nil }
  }

  /// The tensors in it, by their paths with dots: `["model": ["0": ["weight": …]]]` has `model.0.weight`.
  /// Where two have one path, it is the first one's.
  public var stateDict: StateDict {
    var state = StateDict()
    func collect(_ value: SavedValue, _ prefix: String) {
      switch value {
      case .dictionary(let entries): for (key, value) in entries { add(value, prefix + key) }
      case .list(let elements):
        for (index, value) in elements.enumerated() { add(value, "\(prefix)\(index)") }
      default: break
      }
    }
    func add(_ value: SavedValue, _ key: String) {
      if case .tensor(let tensor) = value {
        if state[key] == nil { state[key] = tensor }
      } else {
        collect(value, key + ".")
      }
    }
    collect(self, "")
    return state
  }
}

/// Reads all that `torch.save` wrote, with numbers, texts and lists: `torch.load(path, weights_only=True)`.
/// `load(_:format:keys:limits:device:)` gives its tensors alone.
///
/// - Parameters:
///   - path: the file.
///   - limits: how much memory it may take, and how deep its values may be in each other.
///   - device: where tensors go.
/// - Throws: ``SerializationError``; also where a tensor in it is of a kind that there is none of here.
public func loadValue(
  _ path: String, limits: ReadingLimits = .standard, device: Device = .cpu
) throws -> SavedValue {
  try reading(path, .pytorch) { _ in
    var tree = SavedTree(try PyTorchFile(path, limits: limits), device)
    return try tree.make()
  }
}

/// Makes values of a file's.
private struct SavedTree {
  private struct Part {
    let value: SavedValue
    /// How deep it is, and how many values are in it, each as often as it is there.
    let height, count: Int
  }

  private let file: PyTorchFile
  private let device: Device
  private var cache = PyTorchFile.StorageCache()
  /// What was made. A value that is in others twice is made once.
  private var made: [PickleValue.Place: Part] = [:]
  private var around: Set<PickleValue.Place> = []

  init(_ file: PyTorchFile, _ device: Device) { (self.file, self.device) = (file, device) }

  mutating func make() throws -> SavedValue {
    let whole = try part(file.root, "")
    // Whoever walks through it meets a value as often as it is there.
    try file.take(paths: whole.count, after: 0)
    return whole.value
  }

  private mutating func part(_ place: PickleValue.Place, _ key: String) throws -> Part {
    if let known = made[place] {
      try file.checkDepth(around.count + known.height)
      return known
    }
    let new: Part
    if let parts = try file.parts(of: place) {
      try file.enter(place, &around)
      new = try container(place, parts, key)
      around.remove(place)
    } else {
      new = Part(value: try leaf(place, key), height: 0, count: 1)
    }
    made[place] = new
    return new
  }

  private mutating func container(
    _ place: PickleValue.Place, _ parts: [(name: () -> String, place: PickleValue.Place)],
    _ key: String
  ) throws -> Part {
    var (height, count) = (0, 1)
    var names: [String] = []
    var values: [SavedValue] = []
    for (name, inner) in parts {
      let name = name()
      let part = try part(inner, key.isEmpty ? name : "\(key).\(name)")
      height = max(height, part.height)
      let (sum, overflow) = count.addingReportingOverflow(part.count)
      count = overflow ? .max : sum
      names.append(name)
      values.append(part.value)
    }
    let value: SavedValue
    if case .dictionary = file.values[place] {
      // As in Python, the last of a key's values is its value.
      value = .dictionary(OrderedDictionary(zip(names, values), uniquingKeysWith: { $1 }))
    } else {
      value = .list(values)
    }
    return Part(value: value, height: height + 1, count: count)
  }

  private mutating func leaf(_ place: PickleValue.Place, _ key: String) throws -> SavedValue {
    switch file.values[place] {
    case .none: return .none
    case .bool(let bool): return .bool(bool)
    case .integer(let integer): return .integer(integer)
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .bytes(let bytes): return .bytes(bytes)
    case .largeInteger: return .other("a whole number of more than 64 bits")
    case .global(let name), .object(let name): return .other(name.replacing(" ", with: "."))
    case .storage: return .other("a storage")
    case .tensor, .unsupported:
      let tensor = try file.tensor(place, key, &cache)
      return .tensor(device == .cpu ? tensor : tensor.to(device))
    case .tuple, .list, .dictionary: return .none
    }
  }
}
