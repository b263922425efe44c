import Foundation
@_exported import NN
@_exported import Serialization

/// Saves a whole model: its structure and its state dict. The file is also a valid state dict,
/// which `load(_:format:keys:limits:device:)` and Python read.
///
///     try saveModel(model, to: "model.h5")
///     let again = try loadModel("model.h5")
///
/// The model may consist of the library's modules and of registered classes: see `Rebuildable`.
/// Before anything is written, the model is rebuilt once to check that it can be loaded.
///
/// - Parameters:
///   - model: the model. Its mode, `eval()` or `train()`, and its frozen and shared parameters are
///     restored when it is loaded.
///   - path: path of the file, whose extension selects the format, `.h5` or `.safetensors`.
///   - format: as for `save(_:to:format:compression:metadata:)`.
///   - compression: as for `save(_:to:format:compression:metadata:)`.
///   - metadata: as for `save(_:to:format:compression:metadata:)`.
/// - Throws: `SerializationError`; also if a class is not registered.
public func saveModel(
  _ model: Module, to path: String, format: FileFormat? = nil, compression: Int = 0,
  metadata: [String: String] = [:]
) throws {
  guard metadata[structureKey] == nil else { throw SerializationError.invalidKey(structureKey) }
  let structure = model.structure()
  do {
    try structure.check()
  } catch {
    throw SerializationError.cannotWrite(path: path, reason: error.localizedDescription)
  }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let text = String(decoding: try encoder.encode(structure), as: UTF8.self)
  try save(
    model.stateDict(), to: path, format: format, compression: compression,
    metadata: metadata.merging([structureKey: text]) { $1 })
}

/// Loads a model that ``saveModel(_:to:format:compression:metadata:)`` wrote: `torch.load` of a
/// whole model. The file contains no code; the classes are those of this program.
///
/// - Parameters:
///   - path: path of the file.
///   - format: format of the file; by default that of the extension.
///   - limits: limits on memory.
///   - device: device of the model.
/// - Throws: `SerializationError`.
public func loadModel(
  _ path: String, format: FileFormat? = nil, limits: ReadingLimits = .standard,
  device: Device = .cpu
) throws -> Module {
  let structure = try modelStructure(path, format: format)
  let state = try load(path, format: format, limits: limits, device: device)
  do {
    return try Module.make(structure, state: state)
  } catch {
    throw SerializationError.noModel(path: path, reason: error.localizedDescription)
  }
}

/// Loads a model of a known class: `let net: Net = try loadModel("net.h5")`.
public func loadModel<Model: Module>(
  _ path: String, format: FileFormat? = nil, limits: ReadingLimits = .standard,
  device: Device = .cpu, as kind: Model.Type = Model.self
) throws -> Model {
  let module: Module = try loadModel(path, format: format, limits: limits, device: device)
  guard let model = module as? Model else {
    throw SerializationError.noModel(
      path: path, reason: "it is a \(type(of: module)), not a \(kind)")
  }
  return model
}

/// The structure of the model in a file, without reading its tensors. Its classes need not be
/// registered.
///
/// - Throws: `SerializationError`.
public func modelStructure(_ path: String, format: FileFormat? = nil) throws -> ModuleStructure {
  guard let text = try inspect(path, format: format).metadata[structureKey] else {
    throw SerializationError.noModel(
      path: path, reason: "there are only tensors in it; load them with load(_:)")
  }
  do {
    return try JSONDecoder().decode(ModuleStructure.self, from: Data(text.utf8))
  } catch {
    throw SerializationError.noModel(path: path, reason: "its structure cannot be read")
  }
}

private let structureKey = "model_structure"
