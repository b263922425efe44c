import Foundation

/// Sinusoidal positional encoding, added to the input.
///
/// Input of shape […, length, size].
///
/// Vaswani et al., 2017.
public final class PositionalEncoding: Module, Rebuildable {
  /// The encodings, of shape [maxLength, size]: sin(p / 10000^(2i / size)) at 2i, and the cosine at
  /// 2i + 1.
  @Buffer public var table: Tensor

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - size: number of features.
  ///   - maxLength: maximum length of the input.
  ///   - dtype: dtype of the tables.
  ///   - device: device of the tables.
  public init(_ size: Int, maxLength: Int, dtype: DType = .float32, device: Device = .default) {
    let numbers = (0..<maxLength).flatMap { place in
      (0..<size).map { dim -> Double in
        let angle = Double(place) / pow(10000, Double(dim / 2 * 2) / Double(size))
        return dim % 2 == 0 ? sin(angle) : cos(angle)
      }
    }
    _table = Buffer(
      wrappedValue: Tensor(numbers, dtype: dtype, device: device).reshape(maxLength, size),
      persistent: false)
    super.init()
  }

  public override var arguments: ModuleArguments {
    ["size": table.shape[1], "max_length": table.shape[0]]
  }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["size"], maxLength: try arguments["max_length"])
  }

  public override func forward(_ x: Tensor) -> Tensor {
    guard x.ndim >= 2, x.shape[x.ndim - 1] == table.shape[1],
      x.shape[x.ndim - 2] <= table.shape[0]
    else {
      fail(
        "expected […, at most \(table.shape[0]), \(table.shape[1])], got \(x.shape)")
    }
    return x + table[..<x.shape[x.ndim - 2]]
  }
}

/// Rotary position embedding (RoPE) of queries and keys: pairs of features are rotated by an angle
/// proportional to the position.
///
/// Input of shape […, length, size]. The first half of the features is paired with the second.
///
/// Su et al., 2021.
public final class RotaryEmbedding: Module, Rebuildable {
  /// The cosines, of shape [maxLength, size]; both halves have the same angles.
  @Buffer public var cosines: Tensor
  /// The sines, of shape [maxLength, size].
  @Buffer public var sines: Tensor
  /// The base of the frequencies.
  public let base: Double

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - size: number of features.
  ///   - maxLength: maximum length of the input.
  ///   - base: base of the frequencies.
  ///   - dtype: dtype of the tables.
  ///   - device: device of the tables.
  public init(
    _ size: Int, maxLength: Int, base: Double = 10000, dtype: DType = .float32,
    device: Device = .default
  ) {
    self.base = base
    guard size % 2 == 0 else { fatalError("RotaryEmbedding: a size of \(size); it must be even") }
    let angles = (0..<maxLength).flatMap { place in
      (0..<size).map { Double(place) / pow(base, Double(2 * ($0 % (size / 2))) / Double(size)) }
    }
    func table(_ numbers: [Double]) -> Buffer<Tensor> {
      Buffer(
        wrappedValue: Tensor(numbers, dtype: dtype, device: device).reshape(maxLength, size),
        persistent: false)
    }
    _cosines = table(angles.map { cos($0) })
    _sines = table(angles.map { sin($0) })
    super.init()
  }

  public override var arguments: ModuleArguments {
    ["size": cosines.shape[1], "max_length": cosines.shape[0], "base": base]
  }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["size"], maxLength: try arguments["max_length"], base: try arguments["base"])
  }

  public override func forward(_ x: Tensor) -> Tensor { self(x, offset: 0) }

  /// Rotates pairs of features by angles proportional to the position.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - offset: position of the first element, as with a key-value cache.
  public func callAsFunction(_ x: Tensor, offset: Int) -> Tensor {
    run(x) {
      let size = cosines.shape[1]
      guard x.ndim >= 2, x.shape[x.ndim - 1] == size, offset >= 0,
        offset + x.shape[x.ndim - 2] <= cosines.shape[0]
      else {
        fail("expected […, at most \(cosines.shape[0]), \(size)] from \(offset) on, got \(x.shape)")
      }
      let places = offset..<offset + x.shape[x.ndim - 2]
      let half = size / 2
      let turned = Tensor.cat(
        [-x.narrow(-1, start: half, length: half), x.narrow(-1, start: 0, length: half)], dim: -1)
      return x * cosines[places] + turned * sines[places]
    }
  }
}
