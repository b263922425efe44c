@_spi(Flambeau) import Files
import OrderedCollections
import Tensors

/// A value that Python saved: a tensor, a number, a string, or a tree of them.
///
///     let checkpoint = try loadValue("checkpoint.pth")
///     let epoch = checkpoint["epoch"]?.int
///     try model.loadStateDict(checkpoint["model_state_dict"]?.stateDict ?? [:])
///     try optimizer.loadStateDict(checkpoint["optimizer_state_dict"]?.optimizerState ?? [:])
public indirect enum SavedValue: Sendable {
  /// `None`.
  case none
  /// `True` or `False`.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// A floating-point number.
  case double(Double)
  /// A string.
  case string(String)
  /// Bytes.
  case bytes([UInt8])
  /// A list, a tuple or a set.
  case list([SavedValue])
  /// A dictionary, in its order. Keys that are not strings are converted to strings.
  case dictionary(OrderedDictionary<String, SavedValue>)
  /// A tensor.
  case tensor(Tensor)
  /// Any other object, with a description or its class in Python.
  case other(String)
}

extension SavedValue {
  /// The value for a key; nil if there is none or this is not a dictionary.
  public subscript(key: String) -> SavedValue? {
    if case .dictionary(let entries) = self { entries[key] } else { nil }
  }

  /// The value at an index; nil if there is none or this is not a list.
  public subscript(index: Int) -> SavedValue? {
    if case .list(let elements) = self, elements.indices.contains(index) {
      elements[index]
    } else {
      nil
    }
  }

  /// The tensor; nil if this is not one.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }

  /// The integer; nil if this is not one.
  public var int: Int? {
    if case .int(let int) = self { int } else { nil }
  }

  /// The number, integer or not; nil if this is not one.
  public var double: Double? {
    switch self {
    case .double(let double): double
    case .int(let int): Double(int)
    default: nil
    }
  }

  /// The Boolean; nil if this is not one.
  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  /// The string; nil if this is not one.
  public var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The elements of the list; nil if this is not one.
  public var elements: [SavedValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The entries of the dictionary; nil if this is not one.
  public var entries: OrderedDictionary<String, SavedValue>? {
    if case .dictionary(let entries) = self { entries } else { nil }
  }

  /// The tensors in the value, by their paths, joined by dots: `["model": ["0": ["weight": …]]]`
  /// has `model.0.weight`. If two have the same path, it has the first.
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

/// Reads everything in a file that `torch.save` wrote, including numbers, strings and lists:
/// `torch.load(path, weights_only=True)`. `load(_:format:keys:limits:device:)` returns only its
/// tensors.
///
/// - Parameters:
///   - path: path of the file.
///   - limits: limits on memory and on the nesting of values.
///   - device: device of the tensors.
/// - Throws: ``SerializationError``; also if the file contains an unsupported tensor.
public func loadValue(
  _ path: String, limits: ReadingLimits = .standard, device: Device = .cpu
) throws -> SavedValue {
  try reading(path, .pytorch) { _ in
    var tree = SavedTree(try PyTorchFile(path, limits: limits), device)
    return try tree.make()
  }
}

/// The conversion of a file's values to ``SavedValue``.
private struct SavedTree {
  private struct Part {
    let value: SavedValue
    /// The nesting depth, and the number of values in it, counting repeated ones each time.
    let height, count: Int
  }

  private let file: PyTorchFile
  private let device: Device
  private var cache = PyTorchFile.StorageCache()
  /// The values converted so far; a value that occurs repeatedly is converted once.
  private var made: [PickleValue.Place: Part] = [:]
  private var around: Set<PickleValue.Place> = []

  init(_ file: PyTorchFile, _ device: Device) { (self.file, self.device) = (file, device) }

  mutating func make() throws -> SavedValue {
    let whole = try part(file.root, "")
    // A traversal of the result visits repeated values each time.
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
      // As in Python, the last value of a repeated key counts.
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
    case .integer(let integer): return .int(integer)
    case .number(let number): return .double(number)
    case .text(let text): return .string(text)
    case .bytes(let bytes): return .bytes(bytes)
    case .largeInteger: return .other("an integer of more than 64 bits")
    case .global(let name), .object(let name): return .other(name.replacing(" ", with: "."))
    case .storage: return .other("a storage")
    case .tensor, .unsupported:
      let tensor = try file.tensor(place, key, &cache)
      return .tensor(device == .cpu ? tensor : tensor.to(device))
    case .tuple, .list, .dictionary: return .none
    }
  }
}
