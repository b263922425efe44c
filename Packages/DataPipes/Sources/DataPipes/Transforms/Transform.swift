/// Turns an image into another, or a label into what a loss wants: `torchvision.transforms`.
///
/// Images are tensors of shape [channels, height, width]; further dims may come before them. Random
/// transforms draw from the default generator, which in a ``DataLoader`` depends on the seed and the batch.
///
///     let augment = Compose([RandomHorizontalFlip(), RandomCrop(28, padding: 2), Normalize(mean: [0.5], std: [0.5])])
///     let augmented = dataset.map { image, label in (augment(image), label) }
public protocol Transform: Sendable {
  /// What becomes of an image.
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

  /// A number from the default generator: `torch.empty(1).uniform_(low, high)`.
  func draw(_ low: Double, _ high: Double) -> Double {
    Tensor.uniform([1], low: low, high: high).item()
  }

  /// Whether something of probability p happens: `torch.rand(1) < p`.
  func happens(_ p: Double) -> Bool { draw(0, 1) < p }
}

/// Transforms one after another: `torchvision.transforms.Compose`.
public struct Compose: Transform {
  /// The transforms, in their order.
  public let transforms: [any Transform]

  /// Creates the transform.
  ///
  /// - Parameter transforms: in their order.
  public init(_ transforms: [any Transform]) {
    self.transforms = transforms
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    transforms.reduce(image) { image, transform in transform(image) }
  }
}

/// Numbers from 0 to 1 instead of whole ones: `torchvision.transforms.v2.ToDtype(torch.float32, scale=True)`.
///
/// What has a fraction already stays as it is.
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

/// Each channel minus its mean, divided by its standard deviation: `torchvision.transforms.Normalize`.
public struct Normalize: Transform {
  private let mean: [Double]
  private let std: [Double]

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - mean: one number for each channel, or one for all.
  ///   - std: as many; none may be 0.
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

/// A class's number as a vector with a 1 in its place: `torch.nn.functional.one_hot`, as float32.
///
/// A number that is none of the classes stops the program; numbers from outside are checked where they
/// are read, such as by ``CSVTable/labels(_:classes:)``.
public struct OneHot: Transform {
  private let classCount: Int

  /// Creates the transform.
  ///
  /// - Parameter classCount: how many classes.
  public init(_ classCount: Int) {
    self.classCount = classCount
  }

  /// What comes out, for these inputs.
  ///
  /// - Parameter labels: int64, of any shape.
  /// - Returns: float32, with one more dim.
  public func callAsFunction(_ labels: Tensor) -> Tensor {
    labels.oneHot(classCount: classCount).to(.float32)
  }
}
