/// Random changes of brightness, contrast, saturation and hue, in random order:
/// `torchvision.transforms.ColorJitter`.
///
/// Images are floating point, with values from 0 to 1, and have 1 or 3 channels.
public struct ColorJitter: Transform {
  private let brightness: Double
  private let contrast: Double
  private let saturation: Double
  private let hue: Double

  /// Creates the transform.
  ///
  /// - Parameters:
  ///   - brightness: maximum change of the brightness factor, which is drawn from
  ///     [max(0, 1 - `brightness`), 1 + `brightness`].
  ///   - contrast: as `brightness`, for the contrast.
  ///   - saturation: as `brightness`, for the saturation.
  ///   - hue: maximum rotation of the hue in either direction, as a fraction of the color circle;
  ///     at most 0.5.
  public init(
    brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0
  ) {
    guard brightness >= 0, contrast >= 0, saturation >= 0, (0...0.5).contains(hue) else {
      fatalError(
        "ColorJitter: brightness \(brightness), contrast \(contrast), saturation \(saturation), hue "
          + "\(hue); none may be below 0, and hue not above 0.5")
    }
    (self.brightness, self.contrast, self.saturation, self.hue) =
      (brightness, contrast, saturation, hue)
  }

  public func callAsFunction(_ image: Tensor) -> Tensor {
    requireFloatingPoint(image)
    _ = size(image)
    func factor(_ range: Double) -> Double? {
      range > 0 ? draw(max(0, 1 - range), 1 + range) : nil
    }
    // In the order in which torchvision draws.
    let order = Tensor.randperm(4).scalars(as: Int.self)
    let (brightness, contrast) = (factor(brightness), factor(contrast))
    let saturation = factor(saturation)
    let turn = hue > 0 ? draw(-hue, hue) : nil
    return order.reduce(image) { image, step in
      switch step {
      case 0: brightness.map { Self.adjustBrightness(image, $0) } ?? image
      case 1: contrast.map { Self.adjustContrast(image, $0) } ?? image
      case 2: saturation.map { Self.adjustSaturation(image, $0) } ?? image
      default: turn.map { Self.adjustHue(image, $0) } ?? image
      }
    }
  }

  /// Scales the brightness; a factor of 0 gives black, 1 the image:
  /// `torchvision.transforms.functional.adjust_brightness`.
  public static func adjustBrightness(_ image: Tensor, _ factor: Double) -> Tensor {
    blend(image, .zeros([], dtype: image.dtype), factor)
  }

  /// Scales the contrast; a factor of 0 gives uniform gray, 1 the image:
  /// `torchvision.transforms.functional.adjust_contrast`.
  public static func adjustContrast(_ image: Tensor, _ factor: Double) -> Tensor {
    blend(image, gray(image).mean(dims: [-3, -2, -1], keepDim: true), factor)
  }

  /// Scales the saturation; a factor of 0 gives grayscale, 1 the image:
  /// `torchvision.transforms.functional.adjust_saturation`.
  public static func adjustSaturation(_ image: Tensor, _ factor: Double) -> Tensor {
    image.shape[image.ndim - 3] == 1 ? image : blend(image, gray(image), factor)
  }

  /// Rotates the hue by a fraction of the color circle:
  /// `torchvision.transforms.functional.adjust_hue`.
  public static func adjustHue(_ image: Tensor, _ turn: Double) -> Tensor {
    guard image.shape[image.ndim - 3] == 3 else { return image }
    let channels = image.unbind(dim: -3)
    let (r, g, b) = (channels[0], channels[1], channels[2])
    // RGB to HSV (hue, saturation, value).
    let value = r.maximum(g).maximum(b)
    let least = r.minimum(g).minimum(b)
    let range = value - least
    let isGray = range .== 0
    let saturation = range / Tensor.where(isGray, 1, value)
    let divisor = Tensor.where(isGray, 1, range)
    let (fromR, fromG, fromB) = (
      (value - r) / divisor, (value - g) / divisor, (value - b) / divisor
    )
    let (green, blue) = (fromR - fromB + 2, fromG - fromR + 4)
    let sixths = Tensor.where(
      value .== r, fromB - fromG, Tensor.where(value .== g, green, blue))
    let hue = sixths / 6 + 1 + turn
    // HSV to RGB: a channel is value · (1 - saturation · distance of the hue from the channel's
    // own, from 0 to 1).
    let turned = (hue - hue.floor()) * 6
    func channel(_ offset: Double) -> Tensor {
      let k = (turned + offset).remainder(6)
      let share = k.minimum(4 - k).clamp(min: 0, max: 1)
      return (value - value * saturation * share).clamp(min: 0, max: 1)
    }
    return .stack([channel(5), channel(3), channel(1)], dim: -3)
  }

  private static func blend(_ image: Tensor, _ other: Tensor, _ factor: Double) -> Tensor {
    (image * factor + other * (1 - factor)).clamp(min: 0, max: 1)
  }

  /// The grayscale image, with torchvision's weights.
  private static func gray(_ image: Tensor) -> Tensor {
    guard image.shape[image.ndim - 3] == 3 else { return image }
    let channels = image.unbind(dim: -3)
    return (0.2989 * channels[0] + 0.587 * channels[1] + 0.114 * channels[2]).unsqueeze(-3)
  }
}
