@_spi(Flambeau) import ArrayFiles
import Tensors

/// The global names that pickles of checkpoints may use. Nothing is called: each name is
/// interpreted as data, and every other name is rejected.
enum PickleNames {
  /// Constructors of dictionaries.
  static let dictionaries: Set<String> = [
    "collections OrderedDict", "collections defaultdict", "collections Counter", "builtins dict",
    "__builtin__ dict",
  ]

  /// Constructors of sequences, which are read as lists.
  static let lists: Set<String> = [
    "torch Size", "builtins set", "__builtin__ set", "builtins frozenset", "__builtin__ frozenset",
    "builtins list", "__builtin__ list", "builtins tuple", "__builtin__ tuple", "collections deque",
  ]

  /// Harmless names without a meaning here.
  static let objects: Set<String> = [
    "torch device", "torch Tensor", "torch.nn.parameter Parameter", "torch.nn.parameter Buffer",
    "torch.serialization _get_layout", "argparse Namespace", "types SimpleNamespace",
    "pathlib PosixPath", "pathlib PurePosixPath", "pathlib WindowsPath", "pathlib PureWindowsPath",
    "pathlib._local PosixPath", "datetime datetime", "datetime timedelta", "datetime date",
    "numpy dtype", "numpy ndarray", "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray _reconstruct", "builtins bytearray", "builtins complex",
    "builtins slice", "builtins int", "builtins float", "builtins bool", "builtins str",
    "builtins bytes", "builtins object", "__builtin__ int", "__builtin__ float",
    "__builtin__ bool", "__builtin__ str", "__builtin__ object", "__builtin__ bytearray",
    "__builtin__ complex", "torch strided", "torch sparse_coo", "torch contiguous_format",
    "torch preserve_format", "torch channels_last", "torch per_tensor_affine",
    "torch per_channel_affine", "torch per_tensor_symmetric",
    "torch per_channel_affine_float_qparams",
  ]

  /// Functions that make tensors, numbers and bytes, each of which is interpreted.
  static let makers: Set<String> = [
    "torch._utils _rebuild_tensor", "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_tensor_v3", "torch._utils _rebuild_parameter",
    "torch._utils _rebuild_parameter_with_state", "torch._tensor _rebuild_from_type_v2",
    "_codecs encode", "numpy.core.multiarray scalar", "numpy._core.multiarray scalar",
  ]

  /// Functions that make unsupported tensors, with the reason.
  static let otherTensors: [String: String] = [
    "torch._utils _rebuild_sparse_tensor": "it is sparse",
    "torch._utils _rebuild_sparse_csr_tensor": "it is sparse",
    "torch._utils _rebuild_nested_tensor": "it is a nested tensor",
    "torch._utils _rebuild_qtensor": "it is quantized",
    "torch._utils _rebuild_meta_tensor_no_storage": "it is on the device “meta”, without data",
    "torch._utils _rebuild_wrapper_subclass": "it is of a custom tensor class",
    "torch._utils _rebuild_device_tensor_from_numpy": "it comes from another device by NumPy",
    "torch._utils _rebuild_device_tensor_from_cpu_tensor": "it comes from another device",
    "torch._utils _rebuild_xla_tensor": "it comes from another device",
  ]

  /// Whether a name, `module name`, is allowed.
  static func allow(_ name: String) -> Bool {
    dictionaries.contains(name) || lists.contains(name) || objects.contains(name)
      || makers.contains(name) || otherTensors[name] != nil || storage(name) != nil
      || dtype(name) != nil
  }

  private static let types: [String: StoredType] = [
    "Float": .plain(.float32), "Double": .plain(.float64), "Half": .plain(.float16),
    "BFloat16": .plain(.bfloat16), "Long": .plain(.int64), "Int": .plain(.int32),
    "Short": .plain(.int16), "Char": .plain(.int8), "Byte": .plain(.uint8), "Bool": .plain(.bool),
    "UInt16": .uint16, "UInt32": .uint32, "UInt64": .uint64,
  ]

  /// The name of PyTorch's storage class of a dtype.
  static func storageName(of dtype: DType) -> String {
    types.first { $0.value == .plain(dtype) }!.key + "Storage"
  }

  /// The type of a storage class's elements, or the reason why it is unsupported; both are nil if
  /// the tensors specify the type.
  static func storage(_ name: String) -> (type: StoredType?, unsupported: String?)? {
    if name == "torch.storage UntypedStorage" || name == "torch UntypedStorage" {
      return (nil, nil)
    }
    guard name.hasPrefix("torch "), name.hasSuffix("Storage") else { return nil }
    let kind = String(name.dropFirst(6).dropLast(7))
    if let type = types[kind] { return (type, nil) }
    if kind.hasPrefix("Complex") { return (nil, "it is complex") }
    if kind.hasPrefix("Q") { return (nil, "it is quantized") }
    return nil
  }

  /// The type of a PyTorch dtype, or the reason why it is unsupported.
  static func dtype(_ name: String) -> (type: StoredType?, unsupported: String?)? {
    guard name.hasPrefix("torch ") else { return nil }
    let own = String(name.dropFirst(6))
    if let dtype = DType(own) { return (.plain(dtype), nil) }
    switch own {
    case "uint16": return (.uint16, nil)
    case "uint32": return (.uint32, nil)
    case "uint64": return (.uint64, nil)
    case _ where own.hasPrefix("complex"): return (nil, "it is complex")
    case _ where own.hasPrefix("quint") || own.hasPrefix("qint"): return (nil, "it is quantized")
    case _ where own.wholeMatch(of: /(float|bfloat|int|uint|bits)\d+\w*/) != nil:
      return (nil, "it has the dtype \(own)")
    default: return nil
    }
  }
}

extension PickleReader {
  func global(_ module: String, _ name: String) throws -> PickleValue {
    let whole = "\(module) \(name)"
    guard PickleNames.allow(whole) else {
      let isModel = module.hasPrefix("torch.nn.modules")
      throw PickleFailure(
        reason: "it asks for \(module).\(name), which "
          + (isModel ? "is a whole model's; save its state_dict()" : "no checkpoint needs"),
        isRefused: true)
    }
    return .global(whole)
  }

  /// The storage that a persistent id refers to.
  func storage(of id: Place) throws -> PickleValue {
    let failure = PickleFailure(reason: "it contains an invalid storage")
    guard case .tuple(let parts) = values[id], let first = parts.first,
      case .text(let kind) = values[first]
    else { throw failure }
    guard kind != "module" else {
      throw PickleFailure(
        reason: "it asks for a whole model's class; save its state_dict()", isRefused: true)
    }
    guard kind == "storage", (5...6).contains(parts.count),
      case .global(let name) = values[parts[1]],
      let (type, unsupported) = PickleNames.storage(name),
      case .text(let key) = values[parts[2]], case .integer(let count) = values[parts[4]]
    else { throw failure }
    var storage = PickleStorage(type: type, unsupported: unsupported, key: key, count: count)
    // The legacy format has views of storages.
    if parts.count == 6, case .tuple(let view) = values[parts[5]] {
      guard view.count == 3, case .integer(let start) = values[view[1]] else { throw failure }
      storage.start = start
    }
    return .storage(storage)
  }

  /// The value that a call would return in Python.
  mutating func call(_ callable: Place, _ arguments: Place) throws -> Place {
    guard case .global(let name) = values[callable], case .tuple(let parts) = values[arguments]
    else {
      throw PickleFailure(reason: "it calls something that is not a name", isRefused: true)
    }
    if let kind = PickleNames.otherTensors[name] { return try add(.unsupported(kind)) }
    if PickleNames.dictionaries.contains(name) { return try dictionary(parts) }
    if PickleNames.lists.contains(name) { return try list(parts) }
    switch name {
    case "torch._utils _rebuild_parameter", "torch._utils _rebuild_parameter_with_state":
      guard let first = parts.first else { break }
      return first
    case "torch._utils _rebuild_tensor", "torch._utils _rebuild_tensor_v2":
      return try add(try tensor(parts, dtype: nil, metadata: parts.dropFirst(6).first))
    case "torch._utils _rebuild_tensor_v3" where parts.count >= 7:
      return try add(try tensor(parts, dtype: parts[6], metadata: parts.dropFirst(7).first))
    case "torch._tensor _rebuild_from_type_v2" where parts.count >= 3:
      // A tensor with attributes: a function, a class, and the function's arguments. Such calls are
      // not nested, which bounds the recursion.
      guard case .global(let maker) = values[parts[0]], maker.hasPrefix("torch._utils _rebuild")
      else { break }
      return try call(parts[0], parts[2])
    case "_codecs encode":
      guard let first = parts.first, case .text(let text) = values[first] else { break }
      return try add(.bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    case "numpy.core.multiarray scalar", "numpy._core.multiarray scalar":
      return try add(scalar(parts))
    case "numpy dtype":
      guard let first = parts.first, case .text(let type) = values[first] else { break }
      return try add(.object(type))
    default: break
    }
    return try add(.object(name.split(separator: " ").joined(separator: ".")))
  }

  private mutating func dictionary(_ parts: [Place]) throws -> Place {
    // The argument may be a list of pairs.
    guard let last = parts.last else { return try add(.dictionary([])) }
    switch values[last] {
    case .dictionary(let entries):
      return try add(.dictionary(entries), holding: 2 * entries.count)
    case .list(let pairs):
      let entries = try pairs.map { pair -> (key: Place, value: Place) in
        switch values[pair] {
        case .list(let parts) where parts.count == 2, .tuple(let parts) where parts.count == 2:
          return (parts[0], parts[1])
        default: throw PickleFailure(reason: "it contains an invalid dictionary")
        }
      }
      return try add(.dictionary(entries), holding: 2 * entries.count)
    default: return try add(.dictionary([]))
    }
  }

  private mutating func list(_ parts: [Place]) throws -> Place {
    guard let first = parts.first else { return try add(.list([])) }
    switch values[first] {
    case .list(let elements), .tuple(let elements):
      return try add(.list(elements), holding: elements.count)
    default: return try add(.list([]))
    }
  }

  private func tensor(
    _ parts: [Place], dtype: Place?, metadata: Place?
  ) throws -> PickleValue {
    guard parts.count >= 4, case .storage(let storage) = values[parts[0]],
      case .integer(let offset) = values[parts[1]], let shape = integers(parts[2]),
      let strides = integers(parts[3]), shape.count == strides.count
    else { throw PickleFailure(reason: "it contains an invalid tensor") }
    if let kind = storage.unsupported { return .unsupported(kind) }
    var type = storage.type
    if let dtype {
      guard case .global(let name) = values[dtype], let found = PickleNames.dtype(name) else {
        throw PickleFailure(reason: "it contains a tensor with an invalid dtype")
      }
      if let kind = found.unsupported { return .unsupported(kind) }
      type = found.type
    }
    guard let type, storage.type == nil || storage.type == type else {
      throw PickleFailure(reason: "it contains a tensor whose dtype differs from its storage's")
    }
    var isNegative = false
    if let metadata, case .dictionary(let entries) = values[metadata] {
      for (key, value) in entries {
        if case .text("neg") = values[key], case .bool(true) = values[value] { isNegative = true }
      }
    }
    if isNegative, type.dtype == .bool { return .unsupported("it is a negated bool tensor") }
    return .tensor(
      PickleTensor(
        storage: storage, type: type, offset: offset, shape: shape, strides: strides,
        isNegative: isNegative))
  }

  private func integers(_ place: Place) -> [Int]? {
    let parts: [Place]
    switch values[place] {
    case .tuple(let own), .list(let own): parts = own
    default: return nil
    }
    // Tensors have at most 64 dims.
    guard parts.count <= 64 else { return nil }
    let integers = parts.compactMap { part -> Int? in
      if case .integer(let integer) = values[part] { integer } else { nil }
    }
    return integers.count == parts.count ? integers : nil
  }

  /// A NumPy scalar, from its dtype and its bytes.
  private func scalar(_ parts: [Place]) -> PickleValue {
    guard parts.count == 2, case .object(let type) = values[parts[0]] else {
      return .object("numpy.scalar")
    }
    let bytes: [UInt8]
    switch values[parts[1]] {
    case .bytes(let own): bytes = own
    case .text(let text): bytes = Array(text.utf8)
    default: return .object("numpy.scalar")
    }
    func bits<Word: FixedWidthInteger>(_: Word.Type) -> Word? {
      bytes.count == MemoryLayout<Word>.size ? Word(littleEndianBytes: bytes) : nil
    }
    let value: PickleValue? =
      switch type {
      case "f8": bits(UInt64.self).map { .number(Double(bitPattern: $0)) }
      case "f4": bits(UInt32.self).map { .number(Double(Float(bitPattern: $0))) }
      case "i8": bits(Int64.self).map { .integer(Int($0)) }
      case "i4": bits(Int32.self).map { .integer(Int($0)) }
      case "i2": bits(Int16.self).map { .integer(Int($0)) }
      case "i1": bits(Int8.self).map { .integer(Int($0)) }
      case "u1": bits(UInt8.self).map { .integer(Int($0)) }
      case "u2": bits(UInt16.self).map { .integer(Int($0)) }
      case "u4": bits(UInt32.self).map { .integer(Int($0)) }
      case "b1": bits(UInt8.self).map { .bool($0 != 0) }
      default: nil
      }
    return value ?? .object("numpy.scalar")
  }
}
