@_spi(Flambeau) import ArrayFiles
import Tensors

/// A value in a pickle. Containers refer to other values by their index in the list of all values,
/// so that deeply nested values, and those contained many times, take no more memory than in the
/// file.
enum PickleValue {
  /// The index of a value in the list.
  typealias Place = Int

  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits; nil if it has more than 128.
  case largeInteger(Int128?)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  case tuple([Place])
  /// A list or a set, which may be filled after it is made.
  case list([Place])
  /// A dictionary, ordered or not, which may be filled after it is made.
  case dictionary([(key: Place, value: Place)])
  /// An allowed global name: module and name.
  case global(String)
  /// The storage that a persistent id refers to.
  indirect case storage(PickleStorage)
  indirect case tensor(PickleTensor)
  /// An unsupported tensor, with the reason.
  case unsupported(String)
  /// An object whose contents do not matter here, with its class.
  case object(String)
}

/// A storage, which one or more tensors share.
struct PickleStorage {
  /// The type of the elements; nil if the tensors specify it.
  let type: StoredType?
  /// Why the type is unsupported; nil if it is supported.
  let unsupported: String?
  /// The name of the storage in the file.
  let key: String
  /// The number of elements, or of bytes if the tensors specify the type.
  let count: Int
  /// The index of the first element in the storage with this name.
  var start = 0
}

/// A tensor, without its elements.
struct PickleTensor {
  let storage: PickleStorage
  let type: StoredType
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// Whether the elements are the negatives of those in the storage.
  let isNegative: Bool

  /// The number of elements of its storage.
  var storageCount: Int { storage.type == nil ? storage.count / type.itemSize : storage.count }

  /// Whether all elements are within the storage.
  var fits: Bool {
    guard offset >= 0, storageCount >= 0, storage.start >= 0,
      type.byteCount(of: [storageCount]) != nil, type.byteCount(of: shape) != nil
    else { return false }
    if shape.contains(0) { return true }
    var rest = storageCount - 1
    guard offset <= rest else { return false }
    rest -= offset
    for (size, stride) in zip(shape, strides) {
      let (distance, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      guard size > 0, stride >= 0, !overflow, distance <= rest else { return false }
      rest -= distance
    }
    return true
  }
}

/// The error of a pickle that cannot be read.
struct PickleFailure: Error {
  let reason: String
  /// Whether it was rejected since it might do harm.
  var isRefused = false

  static let cut = PickleFailure(reason: "it is truncated")
  static let noPickle = PickleFailure(reason: "it is not a pickle")
}
