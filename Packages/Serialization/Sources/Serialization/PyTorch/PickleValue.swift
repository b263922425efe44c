@_spi(Flambeau) import ArrayFiles
import Tensors

/// A value in a pickle. What it holds is elsewhere in the list of all values, by number: so values
/// that are deep in each other, or that hold others many times, cost no more than they take in the
/// file.
enum PickleValue {
  /// The number of a value in the list.
  typealias Place = Int

  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits; nil if of more than 128.
  case largeInteger(Int128?)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  case tuple([Place])
  /// A list or a set, which is filled after it was made.
  case list([Place])
  /// A dictionary, ordered or not, which is filled after it was made.
  case dictionary([(key: Place, value: Place)])
  /// One of the names that are allowed: module and name.
  case global(String)
  /// What a persistent id stands for.
  indirect case storage(PickleStorage)
  indirect case tensor(PickleTensor)
  /// A tensor of a kind that there is none of here, and what it is.
  case unsupported(String)
  /// What Python makes of one of the names, which says nothing here.
  case object(String)
}

/// The elements of one or more tensors.
struct PickleStorage {
  /// What its elements are; nil where its tensors say that.
  let type: StoredType?
  /// What they are if no tensor has such.
  let unsupported: String?
  /// Its name among the file's storages.
  let key: String
  /// How many elements it has, or bytes where tensors say what its elements are.
  let count: Int
  /// Where it begins in the storage of that name.
  var start = 0
}

/// A tensor, but for its elements.
struct PickleTensor {
  let storage: PickleStorage
  let type: StoredType
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// Whether the elements are the negatives of those in the storage.
  let isNegative: Bool

  /// How many elements its storage has.
  var storageCount: Int { storage.type == nil ? storage.count / type.itemSize : storage.count }

  /// Whether it lies within its storage.
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

/// Why a pickle is not read.
struct PickleFailure: Error {
  let reason: String
  /// Whether it asked for something that might do harm.
  var isRefused = false

  static let cut = PickleFailure(reason: "it ends in its middle")
  static let noPickle = PickleFailure(reason: "it is no pickle")
}
