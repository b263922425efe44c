@_spi(Flambeau) import Files
@_spi(Flambeau) import Tensors

/// The type of elements in a file: a dtype, or unsigned integers, which tensors represent in a
/// wider dtype.
@_spi(Flambeau) public enum StoredType: Hashable, Sendable {
  case plain(DType)
  case uint16, uint32
  /// Numbers from 2⁶³ on are rejected, since there is no dtype wider than int64.
  case uint64

  /// The dtype of the resulting tensor.
  public var dtype: DType {
    switch self {
    case .plain(let dtype): dtype
    case .uint16: .int32
    case .uint32, .uint64: .int64
    }
  }

  /// The type's name, for messages.
  public var name: String {
    if case .plain(let dtype) = self { "\(dtype)" } else { "\(self)" }
  }

  /// The size of an element in the file, in bytes.
  public var itemSize: Int {
    switch self {
    case .plain(let dtype): dtype.itemSize
    case .uint16: 2
    case .uint32: 4
    case .uint64: 8
    }
  }

  /// The total size of the elements in the file, in bytes; nil for a shape that no tensor can have.
  public func byteCount(of shape: [Int]) -> Int? {
    dtype.byteCount(of: shape).map { $0 / dtype.itemSize * itemSize }
  }
}

extension StoredType {
  /// A tensor of elements of this type, which `fill` reads.
  ///
  /// - Parameters:
  ///   - swapped: whether the byte order differs from this machine's.
  ///   - path: path of the file, for messages.
  func tensor(
    _ shape: [Int], swapped: Bool, path: String,
    fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> Tensor {
    let tensor = Tensor.empty(shape, dtype: dtype)
    let memory = tensor.mutableBytes
    try fill(
      UnsafeMutableRawBufferPointer(rebasing: memory.suffix(tensor.numel * itemSize)))
    do {
      try memory.makeElements(from: self, swapped: swapped)
    } catch let failure as TooLargeNumber {
      throw DataFileError.unsupported(path: path, reason: failure.reason)
    }
    return tensor
  }
}

/// The error of an integer that does not fit into int64.
struct TooLargeNumber: Error {
  let number: UInt64

  var reason: String { "it holds the number \(number), which does not fit into int64" }
}

extension UnsafeMutableRawBufferPointer {
  /// Converts what was read to a tensor's elements, in place.
  ///
  /// - Parameters:
  ///   - type: type of what was read, which is at the end of this memory.
  ///   - swapped: whether the byte order differs from this machine's.
  /// - Throws: ``TooLargeNumber``.
  func makeElements(from type: StoredType, swapped: Bool) throws {
    let count = self.count / type.dtype.itemSize
    let packed = Self(rebasing: self[(self.count - count * type.itemSize)...])
    if swapped { packed.swapBytes(each: type.itemSize) }
    switch type {
    case .plain(.bool): makeBools()
    case .plain: break
    // Each element is written at or before the position that it was read from.
    case .uint16:
      for place in 0..<count {
        let number = Int32(packed.load(fromByteOffset: 2 * place, as: UInt16.self))
        storeBytes(of: number, toByteOffset: 4 * place, as: Int32.self)
      }
    case .uint32:
      for place in 0..<count {
        let number = Int64(packed.load(fromByteOffset: 4 * place, as: UInt32.self))
        storeBytes(of: number, toByteOffset: 8 * place, as: Int64.self)
      }
    case .uint64:
      let numbers = packed.bindMemory(to: UInt64.self)
      if let number = numbers.first(where: { $0 > Int64.max }) {
        throw TooLargeNumber(number: number)
      }
    }
  }

  /// Sets bytes other than 0 and 1, which are no valid bools, to 1.
  func makeBools() {
    for index in indices { self[index] = self[index] == 0 ? 0 : 1 }
  }

  private func swapBytes(each size: Int) {
    func swap<Word: FixedWidthInteger>(_: Word.Type) {
      let words = bindMemory(to: Word.self)
      for index in words.indices { words[index] = words[index].byteSwapped }
    }
    switch size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }
}
