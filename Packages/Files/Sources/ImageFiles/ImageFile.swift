@_exported import struct Files.ReadingLimits
@_spi(Flambeau) import Files
import Foundation
@_exported import Tensors

/// Images in PNG and JPEG files, through libpng and libjpeg-turbo.
public enum ImageFile {
  /// The color mode that an image is converted to.
  public enum Mode: Sendable {
    /// One channel of brightness: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
    case gray
    /// Red, green, blue.
    case rgb
    /// As in the file: gray, gray with alpha, RGB, or RGB with alpha.
    case unchanged
  }

  /// Reads an image: `torchvision.io.read_image`.
  ///
  /// Of 16-bit PNG channels, the upper 8 bits are read. CMYK JPEGs are converted to RGB.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - mode: color mode that the image is converted to.
  ///   - correctingGamma: whether pixels are converted from the gamma that a PNG file declares to
  ///     the usual 1 / 2.2; by default they are as in the file.
  ///   - limits: limits on memory.
  /// - Returns: a uint8 tensor of shape [channels, height, width].
  /// - Throws: `DataFileError`.
  public static func read(
    _ path: String, mode: Mode = .unchanged, correctingGamma: Bool = false,
    limits: ReadingLimits = .standard
  ) throws -> Tensor {
    try decode(
      contents(of: path), mode: mode, correctingGamma: correctingGamma, path: path, limits: limits)
  }

  /// Decodes an image in memory, as ``read(_:mode:correctingGamma:limits:)``:
  /// `torchvision.io.decode_image`.
  ///
  /// - Parameters:
  ///   - data: contents of the file.
  ///   - mode: color mode that the image is converted to.
  ///   - correctingGamma: whether pixels are converted from the gamma that a PNG file declares to
  ///     the usual 1 / 2.2.
  ///   - path: path or other name of the image, for messages.
  ///   - limits: limits on the memory of the image.
  public static func decode(
    _ data: Data, mode: Mode = .unchanged, correctingGamma: Bool = false,
    path: String = "the image", limits: ReadingLimits = .standard
  ) throws -> Tensor {
    let budget = MemoryBudget(limits, path: path, fileSize: data.count)
    let pixels: Tensor
    do {
      pixels =
        if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
          try decodePNG(data, correctingGamma: correctingGamma, budget)
        } else if data.starts(with: [0xFF, 0xD8]) {
          try decodeJPEG(data, budget)
        } else {
          throw ImageFailure(reason: "it is neither PNG nor JPEG")
        }
    } catch let failure as ImageFailure {
      throw DataFileError.damaged(path: path, reason: failure.reason)
    }
    // From interleaved channels to planes.
    return convert(pixels, to: mode).permute(2, 0, 1).contiguous()
  }

  private static func convert(_ pixels: Tensor, to mode: Mode) -> Tensor {
    let channels = pixels.shape[2]
    switch mode {
    case .unchanged: return pixels
    case .rgb:
      return channels < 3
        ? pixels[.ellipsis, 0..<1].expand([pixels.shape[0], pixels.shape[1], 3])
        : pixels[.ellipsis, 0..<3]
    case .gray:
      if channels < 3 { return pixels[.ellipsis, 0..<1] }
      // In fixed point with 16 fractional bits, rounded.
      let weights = Tensor([19595, 38470, 7471])
      return inStrips(pixels, channels: 1) { strip in
        let sum = (strip[.ellipsis, 0..<3].to(.int64) * weights).sum(dim: 2, keepDim: true)
        return (sum + 0x8000).floorDivide(65536).to(.uint8)
      }
    }
  }

  /// Converts an image, [height, width, channels], some rows at a time, so that wider intermediate
  /// dtypes take little memory.
  static func inStrips(
    _ pixels: Tensor, channels: Int, _ body: (Tensor) -> Tensor
  ) -> Tensor {
    let (height, width) = (pixels.shape[0], pixels.shape[1])
    let result = Tensor.empty([height, width, channels], dtype: .uint8)
    let count = max(1, (1 << 16) / width)
    for start in stride(from: 0, to: height, by: count) {
      let rows = start..<min(start + count, height)
      result[rows] = body(pixels[rows])
    }
    return result
  }

  /// Memory for an image, [height, width, channels]; throws if the file is too small to fill it.
  ///
  /// - Parameter ratio: number of bytes of the image that one byte of the file can stand for.
  static func memory(
    _ height: Int, _ width: Int, _ channels: Int, of data: Data, ratio: Int, _ budget: MemoryBudget
  ) throws -> Tensor {
    let (pixels, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow, height > 0, width > 0, pixels <= data.count * ratio / channels else {
      throw ImageFailure(
        reason: "its header says \(width)×\(height) pixels, more than the file can hold")
    }
    // Once interleaved, and once more as planes.
    try budget.take(2 * pixels * channels, for: "its \(width)×\(height) pixels")
    return .zeros([height, width, channels], dtype: .uint8)
  }
}

struct ImageFailure: Error {
  let reason: String
}
