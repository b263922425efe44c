/// A transform of an image or a label: `torchvision.transforms`.
///
/// Images are tensors of shape [channels, height, width]; further dims may come before them. Random
/// transforms draw from the default generator, which in a ``DataLoader`` depends on the seed and
/// the batch.
///
///     let augment = Compose([
///       RandomHorizontalFlip(), RandomCrop(28, padding: 2), Normalize(mean: [0.5], std: [0.5]),
///     ])
///     let augmented = dataset.map { image, label in (augment(image), label) }
public protocol Transform: Sendable {
  /// The transformed image.
  func callAsFunction(_ image: Tensor) -> Tensor
}

extension Transform {
  /// The height and width of an image.
  func size(_ image: Tensor) -> (height: Int, width: Int) {
    guard image.ndim >= 3 else {
      fatalError(
        "\(Self.self): an image of shape \(image.shape); expected [channels, height, width]")
    }
    return (image.shape[image.ndim - 2], image.shape[image.ndim - 1])
  }

  func requireFloatingPoint(_ image: Tensor) {
    guard image.dtype.isFloatingPoint else {
      fatalError("\(Self.self): an image of \(image.dtype); apply ToFloat first")
    }
  }

  /// Draws a number from the default generator: `torch.empty(1).uniform_(low, high)`.
  func draw(_ low: Double, _ high: Double) -> Double {
    Tensor.uniform([1], low: low, high: high).item()
  }

  /// Draws true with probability p: `torch.rand(1) < p`.
  func happens(_ p: Double) -> Bool { draw(0, 1) < p }
}

/// A composition of transforms: `torchvision.transforms.Compose`.
public struct Compose: Transform {
  /// The transforms, in order.
  public let transforms: [any Transform]

  /// Creates the transform.
  ///
  /// - Parameter transforms: transforms, in order.
  public init(_ transforms: [any Transform]) {
    self.transforms = transforms
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    transforms.reduce(image) { image, transform in transform(image) }
  }
}

/// Converts a uint8 image to float32 in [0, 1]:
/// `torchvision.transforms.v2.ToDtype(torch.float32, scale=True)`.
///
/// Floating-point images are unchanged.
public struct ToFloat: Transform {
  /// Creates the transform.
  public init() {}

  public func callAsFunction(_ image: Tensor) -> Tensor {
    switch image.dtype {
    case .uint8: image.to(.float32) / 255
    case let dtype where dtype.isFloatingPoint: image
    default: fatalError("ToFloat: an image of \(image.dtype); expected uint8")
    }
  }
}

/// Each channel minus its mean, divided by its standard deviation:
/// `torchvision.transforms.Normalize`.
public struct Normalize: Transform {
  private let mean: [Double]
  private let std: [Double]

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - mean: mean of each channel, or one mean for all.
  ///   - std: standard deviations, as many as means; none may be 0.
  public init(mean: [Double], std: [Double]) {
    guard !mean.isEmpty, mean.count == std.count, !std.contains(0) else {
      fatalError(
        "Normalize: means \(mean) and deviations \(std); there must be as many of both, and no "
          + "deviation may be 0")
    }
    (self.mean, self.std) = (mean, std)
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    requireFloatingPoint(image)
    _ = size(image)
    let channels = image.shape[image.ndim - 3]
    guard mean.count == 1 || mean.count == channels else {
      fatalError("Normalize: \(mean.count) means for an image of \(channels) channels")
    }
    func column(_ numbers: [Double]) -> Tensor {
      Tensor(numbers, dtype: image.dtype, device: image.device).reshape(-1, 1, 1)
    }
    return (image - column(mean)) / column(std)
  }
}

/// A class index as a one-hot vector: `torch.nn.functional.one_hot`, as float32.
///
/// Stops the program if an index is out of range; indices from files are checked where they are
/// read, such as by ``CSVTable/labels(_:classes:)``.
public struct OneHot: Transform {
  private let classCount: Int

  /// Creates the transform.
  ///
  /// - Parameter classCount: number of classes.
  public init(_ classCount: Int) {
    self.classCount = classCount
  }

  /// The one-hot vectors of class indices.
  ///
  /// - Parameter labels: int64, of any shape.
  /// - Returns: float32, with one more dim.
  public func callAsFunction(_ labels: Tensor) -> Tensor {
    labels.oneHot(classCount: classCount).to(.float32)
  }
}
