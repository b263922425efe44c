@_spi(Flambeau) import Files
import Foundation

extension ImageFile {
  /// Writes an image as PNG: `torchvision.utils.save_image`. The file is replaced atomically.
  ///
  /// - Parameters:
  ///   - image: tensor of shape [channels, height, width] with 1 to 4 channels, or [height, width];
  ///     uint8, or any other dtype from 0, black, to 1. Values outside are clamped.
  ///   - path: path of the file, which ends in `.png`.
  /// - Throws: `DataFileError`.
  public static func write(_ image: Tensor, to path: String) throws {
    guard path.lowercased().hasSuffix(".png") else {
      throw DataFileError.cannotWrite(path: path, reason: "images are written as .png")
    }
    let png = encodePNG(pixels(of: image, rounding: true, "ImageFile.write"))
    do {
      try writeAtomically(to: path) { try ByteWriter($0).write(Array(png)) }
    } catch let failure as WriteFailure {
      throw DataFileError.cannotWrite(path: path, reason: failure.reason)
    }
  }

  /// An image as uint8 of shape [channels, height, width].
  ///
  /// - Parameter rounding: whether values are rounded to the nearest of 256 steps, or else down.
  @_spi(Flambeau) public static func pixels(
    of image: Tensor, rounding: Bool, _ operation: String
  ) -> Tensor {
    let whole = (image.ndim == 2 ? image.unsqueeze(0) : image).detach()
    guard whole.ndim == 3, (1...4).contains(whole.shape[0]), whole.numel > 0 else {
      fatalError(
        "\(operation): shape \(image.shape); expected [channels, height, width] of 1 to 4 channels, "
          + "or [height, width]")
    }
    guard whole.dtype != .uint8 else { return whole }
    let scaled = whole.to(.float32).clamp(min: 0, max: 1) * 255
    return (rounding ? scaled + 0.5 : scaled).to(.uint8)
  }
}
