import CImages
import CPNG
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

// PNG, through libpng.

extension ImageFile {
  static func decodePNG(
    _ data: Data, correctingGamma: Bool, _ budget: MemoryBudget
  ) throws -> Tensor {
    try data.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: UInt8.self).baseAddress!
      guard let picture = flambeau_png_begin(start, bytes.count, correctingGamma) else {
        throw ImageFailure(reason: "not enough memory")
      }
      defer { flambeau_png_end(picture) }
      func check(_ isRight: Bool) throws {
        if isRight { return }
        throw ImageFailure(
          reason: "libpng says “\(String(cString: flambeau_png_message(picture)))”")
      }
      try check(flambeau_png_read_header(picture))
      let channels = flambeau_png_channels(picture)
      // A compressed byte stands for up to 1,032 bytes, each of up to 8 pixels.
      let pixels = try memory(
        flambeau_png_height(picture), flambeau_png_width(picture), channels, of: data,
        ratio: 1032 * 8 * channels, budget)
      try check(
        flambeau_png_read_pixels(
          picture, pixels.mutableBytes.bindMemory(to: UInt8.self).baseAddress!))
      return pixels
    }
  }

  // libpng's format flags.
  private static let (alpha, color): (UInt32, UInt32) = (1, 2)

  private static func message(of image: png_image) -> String {
    let text = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return "libpng says “\(text)”"
  }

  /// Encodes an image as PNG: `torchvision.io.encode_png`.
  ///
  /// - Parameter image: uint8 tensor of shape [channels, height, width] with 1 to 4 channels.
  public static func encodePNG(_ image: Tensor) -> Data {
    guard image.dtype == .uint8, image.ndim == 3, (1...4).contains(image.shape[0]),
      image.numel > 0
    else {
      fatalError(
        "encodePNG: a tensor of \(image.dtype) and shape \(image.shape); it must be uint8 of shape "
          + "[1 to 4 channels, height, width]")
    }
    let pixels = image.to(.cpu).permute(1, 2, 0).contiguous()
    let channels = image.shape[0]
    var png = png_image()
    png.version = UInt32(PNG_IMAGE_VERSION)
    (png.height, png.width) = (UInt32(image.shape[1]), UInt32(image.shape[2]))
    png.format = (channels > 2 ? color : 0) | (channels % 2 == 0 ? alpha : 0)
    var size = 0
    func write(to memory: UnsafeMutableRawPointer?) {
      guard
        png_image_write_to_memory(&png, memory, &size, 0, pixels.bytes.baseAddress!, 0, nil) != 0
      else {
        fatalError(
          "encodePNG: libpng cannot write an image of shape \(image.shape): \(message(of: png))")
      }
    }
    // Without a buffer, libpng returns an upper bound of the size.
    write(to: nil)
    var data = Data(count: size)
    data.withUnsafeMutableBytes { write(to: $0.baseAddress) }
    return data.prefix(size)
  }
}
