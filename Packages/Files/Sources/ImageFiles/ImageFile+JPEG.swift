import CTurboJPEG
@_spi(Flambeau) import Files
import Foundation
import Tensors

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
      // A block of 8×8 takes at least some bits.
      let pixels = try memory(
        Int(height), Int(width), channels, of: data, ratio: 1024 * channels, budget)
      func decode(_ flags: Int32) -> Int32 {
        tjDecompress2(
          decoder, start, UInt(bytes.count),
          pixels.view.pointer.assumingMemoryBound(to: UInt8.self), width, 0, height,
          format.rawValue, flags | TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      }
      // A warning stops the first time, since the library tells only the last one of several. If it is one
      // that nobody minds, the picture is decoded to its end.
      let status = decode(TJFLAG_STOPONWARNING)
      if status != 0, isHarmless(decoder) {
        try check(decode(0))
      } else {
        try check(status)
      }
      return channels == 4 ? withoutInks(pixels) : pixels
    }
  }

  private static func message(of decoder: tjhandle) -> String {
    String(cString: tjGetErrorStr2(decoder))
  }

  /// Whether the last call warned of bytes between a file's parts, which all decoders pass over.
  private static func isHarmless(_ decoder: tjhandle) -> Bool {
    tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
      && message(of: decoder).contains("extraneous byte")
  }

  /// Red, green and blue of cyan, magenta, yellow and black, of which files have the complements.
  private static func withoutInks(_ pixels: Tensor) -> Tensor {
    let inks = pixels.to(.int32)
    let black = inks[.ellipsis, 3..<4]
    // The product divided by 255, rounded.
    return (inks[.ellipsis, 0..<3] * black + 127).floorDivide(255).to(.uint8)
  }
}
