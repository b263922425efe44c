@_spi(Flambeau) import Files

/// What a pickle of a state dict can hold.
indirect enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case tuple([PickleValue])
  /// A list, which is filled after it was made.
  case list(PickleList)
  /// A dictionary, ordered or not, which is filled after it was made.
  case dictionary(PickleDictionary)
  /// One of the names that are allowed.
  case global(String)
  /// What a persistent id stands for: a storage.
  case storage(PickleStorage)
  case tensor(PickleTensor)
}

final class PickleList {
  var elements: [PickleValue] = []
}

final class PickleDictionary {
  var entries: [(key: PickleValue, value: PickleValue)] = []
}

struct PickleStorage {
  let type: String
  let key: String
  let count: Int
}

struct PickleTensor {
  let storage: PickleStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// Why a pickle is not read.
struct PickleFailure: Error {
  let reason: String
  /// Whether it asked for something that might do harm.
  var isRefused = false
}

/// Reads Python's pickles of state dicts. It makes values and calls nothing: names that a state dict
/// does not need are refused.
///
/// The format is that of Python's `pickletools`, protocols 2 to 5.
struct PickleReader {
  private let bytes: [UInt8]
  private var position = 0
  private var stack: [PickleValue] = []
  /// The heights of the stack at which marks were set.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  static let allowed: Set<String> = Set(
    [
      "collections OrderedDict", "torch._utils _rebuild_tensor_v2",
      "torch._utils _rebuild_parameter",
    ] + PyTorchFile.storages.keys.map { "torch \($0)" })

  static func read(_ bytes: [UInt8]) throws -> PickleValue {
    var reader = PickleReader(bytes: bytes)
    return try reader.run()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func run() throws -> PickleValue {
    while true {
      let code = UInt8(try number(1))
      switch code {
      case 0x80: _ = try take(1)  // PROTO
      case 0x95: _ = try take(8)  // FRAME
      case UInt8(ascii: "."): return try pop()
      case UInt8(ascii: "("): marks.append(stack.count)
      case UInt8(ascii: "0"): _ = try pop()
      case UInt8(ascii: "N"): stack.append(.none)
      case 0x88: stack.append(.bool(true))
      case 0x89: stack.append(.bool(false))
      case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
      case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
      case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
      case 0x8A: stack.append(.integer(try long(try number(1))))
      case UInt8(ascii: "G"): stack.append(.number(try double()))
      case UInt8(ascii: "X"): stack.append(.text(try text(try number(4))))
      case 0x8C: stack.append(.text(try text(try number(1))))
      case UInt8(ascii: ")"): stack.append(.tuple([]))
      case UInt8(ascii: "t"): stack.append(.tuple(try popMarked()))
      case 0x85...0x87:
        let count = Int(code) - 0x84
        guard stack.count >= count else { throw PickleFailure(reason: "it ends in its middle") }
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        stack.append(.tuple(values))
      case UInt8(ascii: "]"): stack.append(.list(PickleList()))
      case UInt8(ascii: "}"): stack.append(.dictionary(PickleDictionary()))
      case UInt8(ascii: "a"): try append([try pop()])
      case UInt8(ascii: "e"): try append(try popMarked())
      case UInt8(ascii: "s"):
        let value = try pop()
        try setItems([try pop(), value])
      case UInt8(ascii: "u"): try setItems(try popMarked())
      case UInt8(ascii: "q"): memo[try number(1)] = try top()
      case UInt8(ascii: "r"): memo[try number(4)] = try top()
      case 0x94: memo[memo.count] = try top()
      case UInt8(ascii: "h"): try recall(try number(1))
      case UInt8(ascii: "j"): try recall(try number(4))
      case UInt8(ascii: "c"): stack.append(try global(try line(), try line()))
      case 0x93:
        guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
          throw PickleFailure(reason: "a name in it is no text")
        }
        stack.append(try global(module, name))
      case UInt8(ascii: "Q"): stack.append(.storage(try storage(try pop())))
      case UInt8(ascii: "R"):
        let arguments = try pop()
        stack.append(try build(try pop(), arguments))
      // Attributes of a dictionary, which are not needed.
      case UInt8(ascii: "b"): _ = try pop()
      default:
        throw PickleFailure(
          reason: "it uses the operation 0x\(String(code, radix: 16)), which no state dict needs",
          isRefused: true)
      }
    }
  }

  // MARK: Bytes

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else {
      throw PickleFailure(reason: "it ends in its middle")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// A whole number of so many bytes, the lowest first.
  private mutating func number(_ count: Int) throws -> Int {
    Int(littleEndianBytes: try take(count))
  }

  private mutating func long(_ count: Int) throws -> Int {
    guard count <= 8 else { throw PickleFailure(reason: "a number in it is too large") }
    let bytes = try take(count)
    let isNegative = (bytes.last ?? 0) >= 0x80
    return bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
  }

  private mutating func double() throws -> Double {
    Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private mutating func text(_ count: Int) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw PickleFailure(reason: "a text in it is no UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else {
      throw PickleFailure(reason: "it ends in its middle")
    }
    let text = try text(end - position)
    position = end + 1
    return text
  }

  // MARK: The stack

  private mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0) else { throw PickleFailure(reason: "it is no pickle") }
    return stack.removeLast()
  }

  private func top() throws -> PickleValue {
    guard let top = stack.last else { throw PickleFailure(reason: "it is no pickle") }
    return top
  }

  private mutating func popMarked() throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else {
      throw PickleFailure(reason: "it is no pickle")
    }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ place: Int) throws {
    guard let value = memo[place] else { throw PickleFailure(reason: "it is no pickle") }
    stack.append(value)
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let list) = try top() else { throw PickleFailure(reason: "it is no pickle") }
    list.elements += values
  }

  private mutating func setItems(_ items: [PickleValue]) throws {
    guard case .dictionary(let dictionary) = try top(), items.count % 2 == 0 else {
      throw PickleFailure(reason: "it is no pickle")
    }
    for place in stride(from: 0, to: items.count, by: 2) {
      dictionary.entries.append((items[place], items[place + 1]))
    }
  }

  // MARK: What is allowed

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    let whole = "\(module) \(name)"
    guard Self.allowed.contains(whole) else {
      throw PickleFailure(
        reason: "it asks for \(module).\(name), which no state dict needs", isRefused: true)
    }
    return .global(whole)
  }

  private func storage(_ id: PickleValue) throws -> PickleStorage {
    guard case .tuple(let parts) = id, parts.count == 5, case .text("storage") = parts[0],
      case .global(let type) = parts[1], type.hasPrefix("torch "), case .text(let key) = parts[2],
      case .integer(let count) = parts[4]
    else { throw PickleFailure(reason: "a storage in it is none") }
    return PickleStorage(type: String(type.dropFirst(6)), key: key, count: count)
  }

  private func build(_ callable: PickleValue, _ arguments: PickleValue) throws -> PickleValue {
    guard case .global(let name) = callable, case .tuple(let arguments) = arguments else {
      throw PickleFailure(reason: "it calls something that is no name", isRefused: true)
    }
    switch name {
    case "collections OrderedDict" where arguments.isEmpty:
      return .dictionary(PickleDictionary())
    case "torch._utils _rebuild_parameter" where arguments.count >= 1: return arguments[0]
    case "torch._utils _rebuild_tensor_v2" where arguments.count >= 4:
      guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
        let shape = Self.integers(arguments[2]), let strides = Self.integers(arguments[3]),
        shape.count == strides.count
      else { throw PickleFailure(reason: "a tensor in it is none") }
      return .tensor(
        PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides))
    default: throw PickleFailure(reason: "it calls \(name) in a way that no state dict needs")
    }
  }

  private static func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let values) = value else { return nil }
    let integers = values.compactMap { value -> Int? in
      if case .integer(let integer) = value { integer } else { nil }
    }
    return integers.count == values.count ? integers : nil
  }
}
