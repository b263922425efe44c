import Foundation
@_spi(Flambeau) import Tensors

/// A request of the Python side: a length, JSON of this length, and the memory of each tensor.
struct Request: Decodable {
  struct Input: Decodable {
    let dtype: String
    let shape: [Int]
    let strides: [Int]
    let offset: Int
    let byteCount: Int
    let requiresGrad: Bool
  }

  /// PyTorch's name of the operation; nil to request the names of all operations.
  let operation: String?
  let arguments: [Argument]
  let names: [String: Argument]
  let tensors: [Input]

  /// Reads the next request from standard input; nil at its end.
  static func next() throws -> Request? {
    guard let length = bytes(4) else { return nil }
    let count = length.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
    }
    guard let json = bytes(count) else { return nil }
    return try JSONDecoder().decode(Request.self, from: Data(json))
  }

  /// Reads the tensors, whose memory follows.
  func readTensors() -> [Tensor] {
    tensors.map { input in
      let tensor = input.read()
      tensor.requiresGrad = input.requiresGrad
      return tensor
    }
  }
}

extension Request.Input {
  /// Reads the tensor, with the same strides as in Python.
  fileprivate func read() -> Tensor {
    let dtype = DType(self.dtype)!
    let storage = Storage.make(byteCount: byteCount, device: .cpu)
    fill(storage.pointer, byteCount)
    let all = Tensor(storage: storage, shape: [byteCount / dtype.itemSize], dtype: dtype)
    return noGrad { all.asStrided(shape, strides, storageOffset: offset) }
  }
}

/// A part of the answer: a length, JSON of this length, and the elements of each tensor.
struct Answer: Encodable {
  struct Output: Encodable {
    let dtype: String
    let shape: [Int]
    let strides: [Int]
  }

  var tensors: [Output?] = []
  /// The option that Flambeau does not support.
  var missing: String?
  /// The names of Flambeau's operations.
  var operations: [String]?
  /// Whether this is the last part.
  var isLast = false

  /// Writes the answer and its tensors.
  func write(_ results: [Tensor?] = []) throws {
    var answer = self
    answer.tensors = results.map { result in
      result.map {
        Output(dtype: $0.dtype.description, shape: $0.shape, strides: $0.strides)
      }
    }
    let json = try JSONEncoder().encode(answer)
    var data = withUnsafeBytes(of: UInt32(json.count).littleEndian) { Data($0) }
    data += json
    for case let result? in results where result.numel > 0 {
      let view = result.detach().view.contiguous()
      data.append(
        view.pointer.assumingMemoryBound(to: UInt8.self),
        count: result.numel * result.dtype.itemSize)
    }
    try FileHandle.standardOutput.write(contentsOf: data)
  }
}

/// Reads bytes from standard input; nil if it ends before.
private func bytes(_ count: Int) -> [UInt8]? {
  var isWhole = true
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    isWhole = fill(buffer.baseAddress, count)
    initialized = count
  }
  return isWhole ? bytes : nil
}

@discardableResult
private func fill(_ memory: UnsafeMutableRawPointer?, _ count: Int) -> Bool {
  var done = 0
  while done < count {
    let more = read(0, memory! + done, count - done)
    if more <= 0 { return false }
    done += more
  }
  return true
}
