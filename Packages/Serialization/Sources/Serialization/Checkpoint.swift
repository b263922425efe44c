import Foundation
import Tensors

/// The state needed to resume a training run: state dicts by name, and any `Codable` values.
///
///     var checkpoint = Checkpoint()
///     checkpoint["model"] = model.stateDict()
///     checkpoint["optimizer"] = optimizer.stateDict()
///     try checkpoint.set(scheduler.stepCount, for: "scheduler")
///     try checkpoint.set(Generator.default.state, for: "generator")
///     try checkpoint.set(loader.state, for: "loader")
///     try checkpoint.save(to: "run.h5")
///
/// With these, a resumed run gives bit for bit the same losses as an uninterrupted one:
///
///     let checkpoint = try Checkpoint("run.h5")
///     try model.loadStateDict(checkpoint["model"] ?? [:])
///     try optimizer.loadStateDict(checkpoint["optimizer"] ?? [:])
///     scheduler.stepCount = try checkpoint.get("scheduler")
///     Generator.default.state = try checkpoint.get("generator")
///     loader.state = try checkpoint.get("loader")
///
/// A checkpoint is one file, HDF5 or safetensors by its extension, in which a tensor's key is the
/// state dict's name, a dot, and its own key.
public struct Checkpoint {
  private var states: OrderedDictionary<String, StateDict> = [:]
  /// The values by name, as JSON.
  private var values: [String: String] = [:]
  private let path: String?

  private static let list = "checkpoint"
  private static let prefix = "value."

  /// Creates an empty checkpoint.
  public init() { path = nil }

  /// The names of the state dicts, in order.
  public var names: [String] { Array(states.keys) }

  /// The state dict with the given name, which must not be empty or contain a dot or a slash.
  public subscript(name: String) -> StateDict? {
    get { states[name] }
    set {
      guard !name.isEmpty, !name.contains(where: { "./\0".contains($0) }) else {
        fatalError("Checkpoint: the name “\(name)”; it must not be empty or hold a dot or a slash")
      }
      states[name] = newValue
    }
  }

  /// Adds a value under a name.
  ///
  /// - Throws: the errors of encoding the value.
  public mutating func set(_ value: some Encodable, for name: String) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // In an array, since some decoders reject a number at the top level.
    values[name] = String(decoding: try encoder.encode([value]), as: UTF8.self)
  }

  /// The value with the given name.
  ///
  /// - Throws: ``CheckpointError``.
  public func get<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws
    -> Value
  {
    guard let text = values[name] else {
      throw CheckpointError.noValue(name, path: path, names: values.keys.sorted())
    }
    guard let value = Self.decode(text, as: type) else {
      throw CheckpointError.otherType(name, path: path, type: "\(type)")
    }
    return value
  }

  /// The value with the given name in a file's metadata.
  static func value<Value: Decodable>(
    _ name: String, as type: Value.Type, in metadata: [String: String]
  ) -> Value? {
    metadata[prefix + name].flatMap { decode($0, as: type) }
  }

  private static func decode<Value: Decodable>(_ text: String, as: Value.Type) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return (try? decoder.decode([Value].self, from: Data(text.utf8)))?.first
  }

  /// Writes the file atomically: at any time, either the old or the new file is there, complete.
  ///
  /// - Throws: ``SerializationError``.
  public func save(to path: String, compression: Int = 0) throws {
    var state = StateDict()
    for (name, own) in states {
      for (key, tensor) in own { state["\(name).\(key)"] = tensor }
    }
    var metadata = Dictionary(
      uniqueKeysWithValues: values.map { (Self.prefix + $0.key, $0.value) })
    metadata[Self.list] = states.keys.joined(separator: "\n")
    try Serialization.save(state, to: path, compression: compression, metadata: metadata)
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - limits: limits on memory.
  ///   - device: device of the tensors.
  /// - Throws: ``SerializationError``; also if the file is not a checkpoint.
  public init(
    _ path: String, limits: ReadingLimits = .standard, device: Device = .cpu
  ) throws {
    self.path = path
    let metadata = try inspect(path, limits: limits).metadata
    guard let names = metadata[Self.list] else {
      throw SerializationError.notAStateDict(path: path, reason: "it is not a checkpoint")
    }
    for name in names.split(separator: "\n") { states[String(name)] = [:] }
    for (key, tensor) in try load(path, limits: limits, device: device) {
      let parts = key.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, states[String(parts[0])] != nil else {
        throw SerializationError.notAStateDict(
          path: path, reason: "“\(key)” does not belong to any of its state dicts")
      }
      states[String(parts[0])]![String(parts[1])] = tensor
    }
    for (key, text) in metadata where key.hasPrefix(Self.prefix) {
      values[String(key.dropFirst(Self.prefix.count))] = text
    }
  }
}

/// The errors of reading values of a ``Checkpoint``.
public enum CheckpointError: Error, Equatable, LocalizedError {
  /// There is no value of this name.
  case noValue(String, path: String?, names: [String])
  /// The value is of another type.
  case otherType(String, path: String?, type: String)

  public var errorDescription: String? {
    switch self {
    case .noValue(let name, let path, let names):
      "\(path ?? "the checkpoint") has no value “\(name)”; there are "
        + (names.isEmpty ? "none" : names.joined(separator: ", "))
    case .otherType(let name, let path, let type):
      "\(path ?? "the checkpoint"): the value “\(name)” is not of type \(type)"
    }
  }
}
