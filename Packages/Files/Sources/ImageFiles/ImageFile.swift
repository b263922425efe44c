import CPNG
import CTurboJPEG
@_spi(Flambeau) import Files
import Foundation
@_exported import Tensors

/// Pictures in PNG and JPEG files, through libpng and libjpeg-turbo.
public enum ImageFile {
  /// What a picture is turned into.
  public enum Mode: Sendable {
    /// One channel of brightness: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
    case gray
    /// Red, green, blue.
    case rgb
    /// What the file has: 1 channel, 2 with transparency, 3, or 4 with transparency.
    case unchanged
  }

  /// Reads a picture: `torchvision.io.read_image`.
  ///
  /// - Returns: a uint8 tensor of shape [channels, height, width].
  /// - Throws: `DataFileError`.
  public static func read(_ path: String, mode: Mode = .unchanged) throws -> Tensor {
    try decode(contents(of: path), mode: mode, path: path)
  }

  /// As ``read(_:mode:)``, for bytes that are in memory.
  ///
  /// - Parameters:
  ///   - data: the whole file.
  ///   - mode: what the picture is turned into.
  ///   - path: where they come from, for messages.
  public static func decode(
    _ data: Data, mode: Mode = .unchanged, path: String = "the image"
  ) throws -> Tensor {
    let pixels: Tensor
    do {
      pixels =
        if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
          try decodePNG(data)
        } else if data.starts(with: [0xFF, 0xD8]) {
          try decodeJPEG(data)
        } else {
          throw ImageFailure(reason: "it is neither PNG nor JPEG")
        }
    } catch let failure as ImageFailure {
      throw DataFileError.damaged(path: path, reason: failure.reason)
    }
    // From pixels that lie together to planes.
    return convert(pixels.permute(2, 0, 1), to: mode).contiguous()
  }

  private static func convert(_ planes: Tensor, to mode: Mode) -> Tensor {
    let channels = planes.shape[0]
    switch mode {
    case .unchanged: return planes
    case .rgb:
      return channels < 3
        ? planes[0..<1].expand([3, planes.shape[1], planes.shape[2]]) : planes[0..<3]
    case .gray:
      if channels < 3 { return planes[0..<1] }
      // In whole numbers, rounded.
      let weights = Tensor([19595, 38470, 7471]).reshape(3, 1, 1)
      let sum = (planes[0..<3].to(.int64) * weights).sum(dim: 0, keepDim: true) + 0x8000
      return sum.floorDivide(65536).to(.uint8)
    }
  }

  /// Memory for a picture, [height, width, channels], if the file is large enough to fill it.
  ///
  /// - Parameter ratio: how many bytes of the picture one byte of the file can stand for.
  private static func memory(
    _ height: Int, _ width: Int, _ channels: Int, of data: Data, ratio: Int
  ) throws -> Tensor {
    let (pixels, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow, height > 0, width > 0, pixels <= data.count * ratio / channels else {
      throw ImageFailure(
        reason: "its header says \(width)×\(height) pixels, more than the file can hold")
    }
    return .empty([height, width, channels], dtype: .uint8)
  }
}

private struct ImageFailure: Error {
  let reason: String
}

// MARK: PNG

extension ImageFile {
  // libpng's flags of a format.
  private static let (alpha, color, map): (UInt32, UInt32, UInt32) = (1, 2, 8)

  private static func decodePNG(_ data: Data) throws -> Tensor {
    try data.withUnsafeBytes { bytes in
      var image = png_image()
      image.version = UInt32(PNG_IMAGE_VERSION)
      defer { png_image_free(&image) }
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
        throw ImageFailure(reason: message(of: image))
      }
      // 8 bits for each channel, without a palette.
      let hasColor = image.format & (color | map) != 0
      let hasAlpha = image.format & alpha != 0
      image.format = (hasColor ? color : 0) | (hasAlpha ? alpha : 0)
      let channels = (hasColor ? 3 : 1) + (hasAlpha ? 1 : 0)
      // A byte of deflate's stands for up to 1,032 bytes, each of up to 8 pixels.
      let pixels = try memory(
        Int(image.height), Int(image.width), channels, of: data, ratio: 1032 * 8 * channels)
      guard png_image_finish_read(&image, nil, pixels.view.pointer, 0, nil) != 0,
        image.warning_or_error == 0
      else { throw ImageFailure(reason: message(of: image)) }
      return pixels
    }
  }

  private static func message(of image: png_image) -> String {
    let text = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return "libpng says “\(text)”"
  }

  /// A picture as PNG: `torchvision.io.encode_png`.
  ///
  /// - Parameter image: uint8, of shape [channels, height, width] with 1 to 4 channels.
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
      guard png_image_write_to_memory(&png, memory, &size, 0, pixels.view.pointer, 0, nil) != 0
      else {
        fatalError(
          "encodePNG: libpng cannot write an image of shape \(image.shape): \(message(of: png))")
      }
    }
    // First it says how much room it needs.
    write(to: nil)
    var data = Data(count: size)
    data.withUnsafeMutableBytes { write(to: $0.baseAddress) }
    return data.prefix(size)
  }
}

// MARK: JPEG

extension ImageFile {
  private static func decodeJPEG(_ data: Data) throws -> Tensor {
    guard let decoder = tjInitDecompress() else { throw ImageFailure(reason: "not enough memory") }
    defer { tjDestroy(decoder) }
    func check(_ status: Int32) throws {
      guard status == 0 else {
        let text = String(cString: tjGetErrorStr2(decoder))
        throw ImageFailure(reason: "libjpeg-turbo says “\(text)”")
      }
    }
    return try data.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: UInt8.self).baseAddress
      var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      try check(
        tjDecompressHeader3(
          decoder, start, UInt(bytes.count), &width, &height, &sampling, &space))
      let isGray = space == Int32(TJCS_GRAY.rawValue)
      let channels = isGray ? 1 : 3
      // A block of 8×8 takes at least some bits.
      let pixels = try memory(
        Int(height), Int(width), channels, of: data, ratio: 1024 * channels)
      let format = isGray ? TJPF_GRAY : TJPF_RGB
      try check(
        tjDecompress2(
          decoder, start, UInt(bytes.count),
          pixels.view.pointer.assumingMemoryBound(to: UInt8.self),
          width, 0, height, Int32(format.rawValue), TJFLAG_STOPONWARNING | TJFLAG_ACCURATEDCT))
      return pixels
    }
  }
}
