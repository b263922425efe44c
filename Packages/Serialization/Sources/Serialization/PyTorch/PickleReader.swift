@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files

/// A reader of Python pickles of tensors. It makes values and calls nothing: names that checkpoints
/// do not need are rejected.
///
/// The format is documented in Python's `pickletools`; protocols 1 to 5 are supported.
struct PickleReader {
  typealias Place = PickleValue.Place

  /// All values so far.
  private(set) var values: [PickleValue] = []
  /// The position in the bytes: the start of the next pickle, between calls of ``read()``.
  private(set) var position: Int
  private let bytes: UnsafeRawBufferPointer
  private let budget: MemoryBudget
  private var stack: [Place] = []
  /// The heights of the stack at the marks.
  private var marks: [Int] = []
  private var memo: [Int: Place] = [:]

  /// - Parameter bytes: one or more consecutive pickles.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, budget: MemoryBudget) {
    (self.bytes, self.position, self.budget) = (bytes, position, budget)
  }

  /// Reads the next pickle.
  mutating func read() throws -> Place {
    (stack, marks, memo) = ([], [], [:])
    while true {
      let code = UInt8(try number(1))
      if code == UInt8(ascii: ".") { return try pop() }
      if try !readConstant(code), try !readContainer(code), try !readMemo(code) {
        guard !"FPSVdglp".utf8.contains(code) else {
          throw PickleFailure(
            reason: "it uses pickle protocol 0, with which PyTorch itself reads no tensors; save "
              + "it with a later one")
        }
        throw PickleFailure(
          reason: "it uses the operation 0x\(String(code, radix: 16)), which no checkpoint needs",
          isRefused: true)
      }
    }
  }

  /// Adds a value to the list.
  mutating func add(_ value: PickleValue, holding count: Int = 0) throws -> Place {
    try budget.take(64 + 16 * count, for: "its pickle")
    values.append(value)
    return values.count - 1
  }

  private mutating func push(_ value: PickleValue, holding count: Int = 0) throws {
    stack.append(try add(value, holding: count))
  }

  // MARK: Operations

  private mutating func readConstant(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "J"):
      try push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case UInt8(ascii: "K"): try push(.integer(try number(1)))
    case UInt8(ascii: "M"): try push(.integer(try number(2)))
    case UInt8(ascii: "I"), UInt8(ascii: "L"): try push(try decimal(try line()))
    case 0x8A: try push(try long(try number(1)))
    case 0x8B: try push(try long(try number(4)))
    case UInt8(ascii: "G"): try push(.number(try double()))
    case UInt8(ascii: "X"): try pushText(try number(4))
    case 0x8C: try pushText(try number(1))
    case 0x8D: try pushText(try number(8))
    // Python 2's strings are bytes.
    case UInt8(ascii: "U"): try pushBytes(try number(1), asText: true)
    case UInt8(ascii: "T"): try pushBytes(try number(4), asText: true)
    case UInt8(ascii: "C"): try pushBytes(try number(1))
    case UInt8(ascii: "B"): try pushBytes(try number(4))
    case 0x8E, 0x96: try pushBytes(try number(8))
    case UInt8(ascii: "c"): try push(try global(try line(), try line()))
    case 0x93:
      guard case .text(let name) = values[try pop()], case .text(let module) = values[try pop()]
      else { throw PickleFailure(reason: "it contains a name that is not a string") }
      try push(try global(module, name))
    default: return false
    }
    return true
  }

  private mutating func readContainer(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: ")"): try push(.tuple([]))
    case UInt8(ascii: "t"): try pushTuple(try popMarked())
    case 0x85...0x87:
      let count = Int(code) - 0x84
      guard stack.count - (marks.last ?? 0) >= count else { throw PickleFailure.cut }
      let parts = Array(stack.suffix(count))
      stack.removeLast(count)
      try pushTuple(parts)
    case UInt8(ascii: "]"), 0x8F: try push(.list([]))
    case 0x91:
      let parts = try popMarked()
      try push(.list(parts), holding: parts.count)
    case UInt8(ascii: "}"): try push(.dictionary([]))
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"), 0x90: try append(try popMarked())
    case UInt8(ascii: "s"):
      let value = try pop()
      try setItems([try pop(), value])
    case UInt8(ascii: "u"): try setItems(try popMarked())
    case UInt8(ascii: "Q"): try push(try storage(of: try pop()))
    case UInt8(ascii: "R"), 0x81:
      let arguments = try pop()
      stack.append(try call(try pop(), arguments))
    case 0x92:
      // NEWOBJ_EX: keyword arguments are ignored, since they do not matter here.
      _ = try pop()
      let arguments = try pop()
      stack.append(try call(try pop(), arguments))
    case UInt8(ascii: "b"):
      let state = try pop()
      try setState(of: try top(), to: state)
    default: return false
    }
    return true
  }

  private mutating func readMemo(_ code: UInt8) throws -> Bool {
    switch code {
    case 0x80: _ = try take(1)  // PROTO
    case 0x95: _ = try take(8)  // FRAME
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMarked()
    case UInt8(ascii: "2"): stack.append(try top())
    case UInt8(ascii: "q"): memo[try number(1)] = try top()
    case UInt8(ascii: "r"): memo[try number(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): try recall(try number(1))
    case UInt8(ascii: "j"): try recall(try number(4))
    default: return false
    }
    return true
  }

  // MARK: Bytes

  private mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count - position else { throw PickleFailure.cut }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// A little-endian integer of `count` bytes; negative only if it has 8 bytes.
  private mutating func number(_ count: Int) throws -> Int {
    Int(littleEndianBytes: try take(count))
  }

  private mutating func long(_ count: Int) throws -> PickleValue {
    let bytes = try take(count)
    guard count <= 16 else { return .largeInteger(nil) }
    let isNegative = (bytes.last ?? 0) >= 0x80
    return Self.integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int128($1) })
  }

  /// A decimal integer of protocol 1, in which longs end in L, or a Boolean.
  private func decimal(_ line: String) throws -> PickleValue {
    let digits = line.hasSuffix("L") ? line.dropLast() : line[...]
    guard digits.wholeMatch(of: /-?[0-9]+/) != nil else { throw PickleFailure.noPickle }
    return switch digits {
    case "00": .bool(false)
    case "01": .bool(true)
    default: Self.integer(Int128(digits))
    }
  }

  private static func integer(_ number: Int128?) -> PickleValue {
    number.flatMap { Int(exactly: $0) }.map { .integer($0) } ?? .largeInteger(number)
  }

  private mutating func double() throws -> Double {
    Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private mutating func text(_ count: Int) throws -> String {
    try budget.take(count, for: "its pickle")
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw PickleFailure(reason: "it contains a string that is not valid UTF-8")
    }
    return text
  }

  private mutating func pushText(_ count: Int) throws {
    try push(.text(try text(count)))
  }

  private mutating func pushBytes(_ count: Int, asText: Bool = false) throws {
    try budget.take(count, for: "its pickle")
    let bytes = try take(count)
    if asText, let text = String(validating: bytes, as: UTF8.self) {
      try push(.text(text))
    } else {
      try push(.bytes(Array(bytes)))
    }
  }

  private mutating func line() throws -> String {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw PickleFailure.cut }
    let text = try text(end - position)
    position = end + 1
    return text
  }

  // MARK: The stack

  private mutating func pop() throws -> Place {
    guard stack.count > (marks.last ?? 0) else { throw PickleFailure.noPickle }
    return stack.removeLast()
  }

  private func top() throws -> Place {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw PickleFailure.noPickle
    }
    return top
  }

  private mutating func popMarked() throws -> [Place] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw PickleFailure.noPickle }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ place: Int) throws {
    guard let value = memo[place] else { throw PickleFailure.noPickle }
    stack.append(value)
  }

  private mutating func pushTuple(_ parts: [Place]) throws {
    try push(.tuple(parts), holding: parts.count)
  }

  private mutating func append(_ parts: [Place]) throws {
    let place = try top()
    guard case .list(var elements) = values[place] else { throw PickleFailure.noPickle }
    try budget.take(16 * parts.count, for: "its pickle")
    // Releases the other reference, so that appending does not copy.
    values[place] = .none
    elements += parts
    values[place] = .list(elements)
  }

  private mutating func setItems(_ items: [Place]) throws {
    let place = try top()
    guard items.count % 2 == 0 else { throw PickleFailure.noPickle }
    // An ignored object may be a dictionary in Python.
    if case .object = values[place] { return }
    guard case .dictionary(var entries) = values[place] else { throw PickleFailure.noPickle }
    try budget.take(16 * items.count, for: "its pickle")
    values[place] = .none
    for place in stride(from: 0, to: items.count, by: 2) {
      entries.append((items[place], items[place + 1]))
    }
    values[place] = .dictionary(entries)
  }

  /// Sets the attributes of an object; those of other values are ignored.
  private mutating func setState(of place: Place, to state: Place) throws {
    guard case .object(let name) = values[place] else { return }
    switch values[state] {
    case .dictionary(let entries):
      try budget.take(16 * entries.count, for: "its pickle")
      values[place] = .dictionary(entries)
    // A NumPy dtype with the other byte order.
    case .tuple(let parts) where parts.count > 1:
      if case .text(">") = values[parts[1]] { values[place] = .object(">" + name) }
    default: break
    }
  }
}
