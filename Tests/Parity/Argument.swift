/// An argument of a call in PyTorch.
enum Argument: Decodable {
  case none
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([Argument])
  /// The index of a tensor among those of the call.
  case tensor(Int)
  case dtype(String)
  case slice(start: Int?, end: Int?, step: Int?)
  case ellipsis

  private enum Key: CodingKey {
    case number, tensor, dtype, slice, ellipsis
  }

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = try Argument(keyed)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .none
    } else if let flag = try? single.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? single.decode(Int.self) {
      self = .integer(integer)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try single.decode([Argument].self))
    }
  }

  /// Values that JSON cannot represent are objects with one key.
  private init(_ keyed: KeyedDecodingContainer<Key>) throws {
    switch keyed.allKeys.first {
    case .number: self = .number(Double(try keyed.decode(String.self, forKey: .number)) ?? .nan)
    case .tensor: self = .tensor(try keyed.decode(Int.self, forKey: .tensor))
    case .dtype: self = .dtype(try keyed.decode(String.self, forKey: .dtype))
    case .slice:
      let parts = try keyed.decode([Int?].self, forKey: .slice)
      self = .slice(start: parts[0], end: parts[1], step: parts[2])
    default: self = .ellipsis
    }
  }

  /// A description of the argument, for messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .flag: "a bool"
    case .integer: "an int"
    case .number: "a float"
    case .text(let text): "“\(text)”"
    case .list: "a list"
    case .tensor: "a tensor"
    case .dtype: "a dtype"
    case .slice: "a slice"
    case .ellipsis: "an ellipsis"
    }
  }
}
