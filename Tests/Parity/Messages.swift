import Foundation
@_spi(Flambeau) import Tensors

/// What the other side asks for: a length, so much JSON, and then the memory of each tensor.
struct Request: Decodable {
  struct Input: Decodable {
    let dtype: String
    let shape: [Int]
    let strides: [Int]
    let offset: Int
    let byteCount: Int
    let requiresGrad: Bool
  }

  /// PyTorch's name of the operation; none to ask for the names.
  let operation: String?
  let arguments: [Argument]
  let names: [String: Argument]
  let tensors: [Input]

  /// The next one on standard input; nil at its end.
  static func next() throws -> Request? {
    guard let length = bytes(4) else { return nil }
    let count = length.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
    }
    guard let json = bytes(count) else { return nil }
    return try JSONDecoder().decode(Request.self, from: Data(json))
  }

  /// The tensors, whose memory follows.
  func readTensors() -> [Tensor] {
    tensors.map { input in
      let tensor = input.read()
      tensor.requiresGrad = input.requiresGrad
      return tensor
    }
  }
}

extension Request.Input {
  /// The tensor, in the strides that it has on the other side.
  fileprivate func read() -> Tensor {
    let dtype = DType(self.dtype)!
    let storage = Storage.make(byteCount: byteCount, device: .cpu)
    fill(storage.pointer, byteCount)
    let all = Tensor(storage: storage, shape: [byteCount / dtype.itemSize], dtype: dtype)
    return noGrad { all.asStrided(shape, strides, storageOffset: offset) }
  }
}

/// A part of the answer: a length, so much JSON, and then the elements of each tensor.
struct Answer: Encodable {
  struct Output: Encodable {
    let dtype: String
    let shape: [Int]
    let strides: [Int]
  }

  var tensors: [Output?] = []
  /// The option that Flambeau does not have.
  var missing: String?
  /// What Flambeau has.
  var operations: [String]?
  /// Whether nothing else follows.
  var isLast = false

  /// Writes it, and the tensors with it.
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

/// So many bytes of standard input; nil where it ends before.
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
