import CTurboJPEG
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

// JPEG, through libjpeg-turbo.

extension ImageFile {
  static func decodeJPEG(_ data: Data, _ budget: MemoryBudget) throws -> Tensor {
    guard let decoder = tjInitDecompress() else { throw ImageFailure(reason: "not enough memory") }
    defer { tjDestroy(decoder) }
    func check(_ status: Int32) throws {
      guard status == 0 || isHarmless(decoder) else {
        throw ImageFailure(reason: "libjpeg-turbo says “\(message(of: decoder))”")
      }
    }
    return try data.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: UInt8.self).baseAddress
      var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      try check(
        tjDecompressHeader3(
          decoder, start, UInt(bytes.count), &width, &height, &sampling, &space))
      let (format, channels): (TJPF, Int) =
        switch TJCS(UInt32(bitPattern: space)) {
        case TJCS_GRAY: (TJPF_GRAY, 1)
        case TJCS_CMYK, TJCS_YCCK: (TJPF_CMYK, 4)
        default: (TJPF_RGB, 3)
        }
      // A block of 8×8 pixels takes at least a few bits.
      let pixels = try memory(
        Int(height), Int(width), channels, of: data, ratio: 1024 * channels, budget)
      if hasSeveralScans(bytes) {
        // Two bytes for each coefficient; the largest unit of a scan (MCU) is 32×32 pixels.
        let (rows, columns) = ((Int(height) + 31) / 32 * 32, (Int(width) + 31) / 32 * 32)
        try budget.take(
          2 * rows * columns * channels, for: "the scans of its \(width)×\(height) pixels")
      }
      func decode(_ flags: Int32) -> Int32 {
        tjDecompress2(
          decoder, start, UInt(bytes.count),
          pixels.mutableBytes.bindMemory(to: UInt8.self).baseAddress!, width, 0, height,
          format.rawValue, flags | TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      }
      // The first attempt stops at a warning, since the library reports only the last of several.
      // If it is harmless, the image is decoded completely.
      let status = decode(TJFLAG_STOPONWARNING)
      if status != 0, isHarmless(decoder) {
        try check(decode(0))
      } else {
        try check(status)
      }
      return channels == 4 ? withoutInks(pixels) : pixels
    }
  }

  /// Whether an image has several scans, between which libjpeg-turbo keeps all coefficients in
  /// memory: it is progressive, or the first scan lacks some channels.
  private static func hasSeveralScans(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var channels: UInt8 = 0
    var rest = bytes[...]
    while let start = rest.firstIndex(of: 0xFF) {
      rest = rest[start...].drop { $0 == 0xFF }
      guard let marker = rest.popFirst() else { break }
      // A stuffed byte, which is no marker, and markers without a segment.
      if [0x00, 0x01].contains(marker) || (0xD0...0xD9).contains(marker) { continue }
      let segment = Array(rest.prefix(8))
      guard segment.count == 8 else { break }
      switch marker {
      case 0xC2, 0xC6, 0xCA, 0xCE: return true
      case 0xC0, 0xC1, 0xC9: channels = segment[7]
      case 0xDA: return segment[2] < channels
      default: break
      }
      rest = rest.dropFirst(Int(segment[0]) << 8 | Int(segment[1]))
    }
    return false
  }

  private static func message(of decoder: tjhandle) -> String {
    String(cString: tjGetErrorStr2(decoder))
  }

  /// Whether the last warning was of extraneous bytes between segments, which all decoders skip.
  private static func isHarmless(_ decoder: tjhandle) -> Bool {
    tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
      && message(of: decoder).contains("extraneous byte")
  }

  /// Converts CMYK to RGB; files store the complements of the inks.
  private static func withoutInks(_ pixels: Tensor) -> Tensor {
    inStrips(pixels, channels: 3) { strip in
      let inks = strip.to(.int32)
      // The product divided by 255, rounded.
      return (inks[.ellipsis, 0..<3] * inks[.ellipsis, 3..<4] + 127).floorDivide(255).to(.uint8)
    }
  }
}
