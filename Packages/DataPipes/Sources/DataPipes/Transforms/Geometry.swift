import Foundation

// Transforms that move pixels.

/// A crop of the given size at a random position: `torchvision.transforms.RandomCrop`.
public struct RandomCrop: Transform {
  private let height: Int
  private let width: Int
  private let padding: Int

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - size: height and width of the output.
  ///   - padding: zero padding added around the image first.
  public init(_ size: Int, padding: Int = 0) {
    self.init(height: size, width: size, padding: padding)
  }

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - height: height of the output.
  ///   - width: width of the output.
  ///   - padding: zero padding added around the image first.
  public init(height: Int, width: Int, padding: Int = 0) {
    guard height > 0, width > 0, padding >= 0 else {
      fatalError("RandomCrop: a size of \(height)×\(width) with padding \(padding)")
    }
    (self.height, self.width, self.padding) = (height, width, padding)
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    let whole = padding > 0 ? image.pad([padding, padding, padding, padding]) : image
    let (fullHeight, fullWidth) = size(whole)
    guard height <= fullHeight, width <= fullWidth else {
      fatalError(
        "RandomCrop: a crop of \(height)×\(width) of an image of \(fullHeight)×\(fullWidth)")
    }
    if (height, width) == (fullHeight, fullWidth) { return whole }
    let top = Tensor.randint(0, fullHeight - height + 1, [1]).item(as: Int.self)
    let left = Tensor.randint(0, fullWidth - width + 1, [1]).item(as: Int.self)
    return whole.narrow(-2, start: top, length: height).narrow(-1, start: left, length: width)
  }
}

/// A crop of the given size at the center: `torchvision.transforms.CenterCrop`.
public struct CenterCrop: Transform {
  private let height: Int
  private let width: Int

  /// Creates the transform.
  ///
  /// - Parameter size: height and width of the output.
  public init(_ size: Int) { self.init(height: size, width: size) }

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - height: height of the output.
  ///   - width: width of the output.
  public init(height: Int, width: Int) {
    (self.height, self.width) = (height, width)
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    let (fullHeight, fullWidth) = size(image)
    guard (1...fullHeight).contains(height), (1...fullWidth).contains(width) else {
      fatalError(
        "CenterCrop: a crop of \(height)×\(width) of an image of \(fullHeight)×\(fullWidth)")
    }
    func start(_ whole: Int, _ part: Int) -> Int {
      Int((Double(whole - part) / 2).rounded(.toNearestOrEven))
    }
    return image.narrow(-2, start: start(fullHeight, height), length: height)
      .narrow(-1, start: start(fullWidth, width), length: width)
  }
}

/// The image flipped horizontally with probability p:
/// `torchvision.transforms.RandomHorizontalFlip`.
public struct RandomHorizontalFlip: Transform {
  private let p: Double

  /// Creates the transform.
  ///
  /// - Parameter p: probability of the flip.
  public init(_ p: Double = 0.5) { self.p = p }

  public func callAsFunction(_ image: Tensor) -> Tensor { happens(p) ? image.flip([-1]) : image }
}

/// The image flipped vertically with probability p: `torchvision.transforms.RandomVerticalFlip`.
public struct RandomVerticalFlip: Transform {
  private let p: Double

  /// Creates the transform.
  ///
  /// - Parameter p: probability of the flip.
  public init(_ p: Double = 0.5) { self.p = p }

  public func callAsFunction(_ image: Tensor) -> Tensor { happens(p) ? image.flip([-2]) : image }
}

/// The image rotated about its center by a random angle: `torchvision.transforms.RandomRotation`.
public struct RandomRotation: Transform {
  private let degrees: ClosedRange<Double>
  private let fill: Double

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - degrees: maximum angle, in either direction.
  ///   - fill: value of pixels outside the image.
  public init(_ degrees: Double, fill: Double = 0) {
    self.init(-abs(degrees)...abs(degrees), fill: fill)
  }

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - degrees: range of angles.
  ///   - fill: value of pixels outside the image.
  public init(_ degrees: ClosedRange<Double>, fill: Double = 0) {
    (self.degrees, self.fill) = (degrees, fill)
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    Self.rotate(image, degrees: draw(degrees.lowerBound, degrees.upperBound), fill: fill)
  }

  /// The image rotated counterclockwise about its center, with nearest-neighbor interpolation:
  /// `torchvision.transforms.functional.rotate`.
  public static func rotate(_ image: Tensor, degrees: Double, fill: Double = 0) -> Tensor {
    let (height, width) = RandomRotation(0).size(image)
    let angle = -degrees * .pi / 180
    let dtype: DType = image.dtype == .float64 ? .float64 : .float32
    func centered(_ count: Int) -> Tensor {
      Tensor.arange(count).to(dtype) - (Double(count) - 1) / 2
    }
    let (x, y) = (centered(width), centered(height).unsqueeze(1))
    // The source of each pixel, computed in coordinates from -1 to 1 as in PyTorch, so that
    // positions halfway between two pixels are rounded the same way.
    func source(_ byX: Double, _ byY: Double, _ size: Int) -> Tensor {
      let half = Double(size) / 2
      let place = x * (byX / half) + y * (byY / half)
      return (((place + 1) * Double(size) - 1) / 2).round()
    }
    let column = source(cos(angle), sin(angle), width)
    let row = source(-sin(angle), cos(angle), height)
    let isOutside =
      (column .< 0) | (column .>= Double(width)) | (row .< 0) | (row .>= Double(height))
    let places = (row * Double(width) + column).maskedFill(isOutside, 0).to(.int64).flatten()
    let moved = image.flatten(startDim: -2).indexSelect(-1, places).reshape(image.shape)
    return moved.maskedFill(isOutside, fill)
  }
}

/// The image resized: `torchvision.transforms.Resize`.
///
/// Interpolation is bilinear, with antialiasing when downsampling, as with PyTorch's
/// `antialias=True`.
public struct Resize: Transform {
  private let size: @Sendable (_ height: Int, _ width: Int) -> (Int, Int)

  /// Creates the transform.
  ///
  /// - Parameter shorterSide: length of the shorter side; the aspect ratio is kept.
  public init(_ shorterSide: Int) {
    guard shorterSide > 0 else { fatalError("Resize: a side of \(shorterSide)") }
    size = { height, width in
      height <= width
        ? (shorterSide, shorterSide * width / height) : (shorterSide * height / width, shorterSide)
    }
  }

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - height: height of the output.
  ///   - width: width of the output.
  public init(height: Int, width: Int) {
    guard height > 0, width > 0 else { fatalError("Resize: a size of \(height)×\(width)") }
    size = { _, _ in (height, width) }
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    let (oldHeight, oldWidth) = size(image)
    let (height, width) = size(oldHeight, oldWidth)
    if (height, width) == (oldHeight, oldWidth) { return image }
    let dtype: DType = image.dtype == .float64 ? .float64 : .float32
    let rows = Self.weights(from: oldHeight, to: height).to(dtype)
    let columns = Self.weights(from: oldWidth, to: width).to(dtype)
    let resized = rows • image.to(dtype) • columns.T
    return image.dtype.isFloatingPoint
      ? resized.to(image.dtype) : resized.round().clamp(min: 0, max: 255).to(image.dtype)
  }

  /// The weight of each old pixel in each new one: a triangle filter around the new pixel's center,
  /// which reaches as far as the size of the larger pixel of the two.
  ///
  /// - Returns: a matrix of shape [new, old], whose rows sum to 1.
  private static func weights(from old: Int, to new: Int) -> Tensor {
    let scale = Double(old) / Double(new)
    let reach = max(scale, 1)
    let centers = (Tensor.arange(new).to(.float64) + 0.5) * scale
    let places = Tensor.arange(old).to(.float64) + 0.5
    let distance = (places - centers.unsqueeze(1)).abs() / reach
    let triangle = (1 - distance).clamp(min: 0)
    return triangle / triangle.sum(dim: 1, keepDim: true)
  }
}
