import Files
import Foundation
import ImageFiles
import Testing

@Suite struct ImageFilesTests {
  private struct Pixels: Decodable {
    let shape: [Int]
    let values: [Int]
  }

  private static let folder = Bundle.module.resourceURL!.appending(path: "Golden")

  private static func expected() throws -> [String: Pixels] {
    try JSONDecoder().decode(
      [String: Pixels].self, from: Data(contentsOf: folder.appending(path: "expected.json")))
  }

  private func read(_ name: String, mode: ImageFile.Mode = .unchanged) throws -> Tensor {
    try ImageFile.read(Self.folder.appending(path: name).path, mode: mode)
  }

  @Test func asPillow() throws {
    let expected = try Self.expected()
    #expect(expected.count == 17)
    for (name, pixels) in expected where name != "luma" {
      let image = try read(name)
      #expect(image.dtype == .uint8 && image.shape == pixels.shape, "\(name)")
      let difference = zip(image.scalars(as: Int.self), pixels.values).map { abs($0 - $1) }.max()
      // JPEG decoders may round differently.
      #expect(difference! <= (name.hasSuffix("g") && name.contains(".jp") ? 2 : 0), "\(name)")
    }
  }

  /// As torchvision, Pillow and OpenCV read it, whatever gamma the file declares.
  @Test func numbersAreThoseOfTheFile() throws {
    #expect(try read("deep.png").permute(1, 2, 0).scalars(as: Int.self) == [1, 128, 255, 0, 0, 1])
    let color = try read("color.png")
    #expect(try read("linear.png").equal(color))
    let corrected = try ImageFile.read(
      Self.folder.appending(path: "linear.png").path, correctingGamma: true)
    let differences = zip(corrected.scalars(as: Double.self), color.scalars(as: Double.self)).map {
      abs($0 - 255 * pow($1 / 255, 1 / 2.2))
    }
    #expect(differences.max()! < 1)
  }

  /// Warnings of libpng and libjpeg-turbo, and metadata that do not matter for the pixels.
  @Test func warningsAreNoErrors() throws {
    let color = try read("color.png")
    #expect(try read("profile.png").equal(color) && read("text.png").equal(color))
    #expect(try read("extraneous.jpg").equal(read("color.jpg")))
  }

  @Test func moreThanTheLimits() throws {
    let path = Self.folder.appending(path: "large.png").path
    #expect(try ImageFile.read(path).shape == [1, 4000, 4000])
    let small = #expect(throws: DataFileError.self) {
      try ImageFile.read(path, limits: ReadingLimits(memory: 1 << 20))
    }
    #expect(
      small?.localizedDescription
        == "\(path): with its 4000×4000 pixels it would take more than 1048576 bytes of memory; a "
        + "larger `memory` of ReadingLimits allows that")
    // As many bytes as a complete file would have.
    let huge =
      try Data(contentsOf: Self.folder.appending(path: "huge.png")) + Data(count: 310_000)
    let error = #expect(throws: DataFileError.self) { try ImageFile.decode(huge) }
    #expect(error?.localizedDescription.contains("its 50000×50000 pixels it would take") == true)
  }

  /// The coefficients that a decoder keeps between scans count, too.
  @Test func scansCount() throws {
    func read(_ data: Data, memory: Int) throws -> [Int] {
      try ImageFile.decode(data, path: "FILE", limits: ReadingLimits(memory: memory)).shape
    }
    let sequential = try Data(contentsOf: Self.folder.appending(path: "color.jpg"))
    let progressive = try Data(contentsOf: Self.folder.appending(path: "progressive.jpeg"))
    // 13×17 pixels of 3 bytes, twice, and 32×32 coefficients of 2 bytes for 3 channels.
    let (pixels, scans) = (2 * 3 * 13 * 17, 2 * 3 * 32 * 32)
    #expect(try read(sequential, memory: pixels) == [3, 13, 17])
    #expect(try read(progressive, memory: pixels + scans) == [3, 13, 17])
    func message(_ data: Data) -> String? {
      #expect(throws: DataFileError.self) { try read(data, memory: pixels + scans - 1) }?
        .localizedDescription
    }
    let beyond =
      "FILE: with the scans of its 17×13 pixels it would take more than \(pixels + scans - 1) bytes of "
      + "memory; a larger `memory` of ReadingLimits allows that"
    #expect(message(progressive) == beyond)
    // A first scan of one of three channels.
    var apart = sequential
    let scan = try #require(sequential.firstRange(of: Data([0xFF, 0xDA, 0, 12, 3]))).lowerBound
    apart.replaceSubrange(
      scan..<scan + 14, with: [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0])
    #expect(message(apart) == beyond)
  }

  /// Converting some rows at a time gives the same as converting all at once.
  @Test func strips() throws {
    let image = Tensor.randint(0, 256, [3, 700, 200]).to(.uint8)
    let weights = Tensor([0.299, 0.587, 0.114], dtype: .float64).reshape(3, 1, 1)
    let gray = (image.to(.float64) * weights).sum(dim: 0, keepDim: true)
    let read = try ImageFile.decode(ImageFile.encodePNG(image), mode: .gray)
    #expect(read.shape == [1, 700, 200])
    #expect((read.to(.float64) - gray).abs().max().item() < 0.51)
  }

  @Test func modes() throws {
    let color = try read("color.png")
    #expect(try read("alpha.png", mode: .rgb).equal(color))
    #expect(try read("gray.png", mode: .rgb)[2].equal(read("gray.png")[0]))
    let luma = try #require(Self.expected()["luma"])
    #expect(try read("color.png", mode: .gray).scalars(as: Int.self) == luma.values)
    #expect(try read("gray alpha.png", mode: .gray).equal(read("gray.png")))
    #expect(try read("alpha.png", mode: .gray).shape == [1, 13, 17])
  }

  @Test func writtenAndReadAgain() throws {
    for channels in 1...4 {
      let image = Tensor.randint(0, 256, [channels, 5, 7]).to(.uint8)
      #expect(try ImageFile.decode(ImageFile.encodePNG(image)).equal(image))
    }
  }

  @Test func writtenToAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "image.png").path
    let gray = Tensor([[0.0, 0.5], [1.0, 7.0]])
    try ImageFile.write(gray, to: path)
    #expect(
      try ImageFile.read(path).equal(Tensor([[[0, 128], [255, 255]]], dtype: .uint8)),
      "rounded, and what is outside cut off")
    let bytes = Tensor([[[1, 2]], [[3, 4]], [[5, 6]]], dtype: .uint8)
    try ImageFile.write(bytes, to: path)
    #expect(try ImageFile.read(path).equal(bytes))

    let missing = folder.appending(path: "missing/image.png").path
    #expect(throws: DataFileError.cannotWrite(path: missing, reason: "No such file or directory")) {
      try ImageFile.write(gray, to: missing)
    }
    #expect(
      throws: DataFileError.cannotWrite(path: "a.jpg", reason: "images are written as .png")
    ) { try ImageFile.write(gray, to: "a.jpg") }
  }

  @Test func whatCannotBeRead() throws {
    let missing = #expect(throws: DataFileError.self) { try ImageFile.read("/no/image.png") }
    #expect(missing?.localizedDescription == "cannot read /no/image.png: No such file or directory")
    func message(_ bytes: some Sequence<UInt8>) -> String {
      let error = #expect(throws: DataFileError.self) {
        try ImageFile.decode(Data(bytes), path: "FILE")
      }
      return error?.localizedDescription ?? ""
    }
    #expect(message("GIF89a".utf8) == "FILE: it is neither PNG nor JPEG")
    #expect(message([]) == "FILE: it is neither PNG nor JPEG")
    let png = try Data(contentsOf: Self.folder.appending(path: "color.png"))
    let jpeg = try Data(contentsOf: Self.folder.appending(path: "color.jpg"))
    #expect(message(png.dropLast(30)).hasPrefix("FILE: libpng says “"))
    #expect(message(jpeg.dropLast(200)).hasPrefix("FILE: libjpeg-turbo says “"))
    var flipped = png
    flipped[60] ^= 0x10
    #expect(message(flipped).hasPrefix("FILE: libpng says “"))
    // A header that declares 40,000 × 40,000 pixels.
    var large = jpeg
    let header = try #require(jpeg.firstRange(of: Data([0xFF, 0xC0])))
    large.replaceSubrange(
      header.upperBound + 3..<header.upperBound + 7, with: [0x9C, 0x40, 0x9C, 0x40])
    #expect(
      message(large) == "FILE: its header says 40000×40000 pixels, more than the file can hold")
  }

  /// Damaged images are read or rejected.
  @Test(arguments: [
    "color.png", "palette.png", "alpha.png", "deep.png", "transparent.png", "color.jpg",
    "progressive.jpeg", "inks.jpg",
  ])
  func fuzzed(name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
    let generator = Generator(seed: 17)
    func draw(_ count: Int) -> Int { Int(generator.next64() % UInt64(count)) }
    var (thrown, read) = (0, 0)
    for _ in 0..<10_000 {
      var changed = bytes
      for _ in 0...draw(3) where !changed.isEmpty {
        let place = draw(changed.count)
        switch draw(5) {
        case 0: changed[place] = UInt8(draw(256))
        case 1: changed[place] ^= 1 << UInt8(draw(8))
        case 2: changed.remove(at: place)
        case 3: changed.removeLast(changed.count - place)
        default: changed.insert(contentsOf: changed[place...].prefix(8), at: place)
        }
      }
      do {
        let image = try ImageFile.decode(Data(changed), mode: .rgb)
        #expect(image.shape[0] == 3)
        read += 1
      } catch is DataFileError {
        thrown += 1
      }
    }
    // PNG has checksums; JPEG has none, and a damaged file can often still be decoded.
    #expect(thrown > 5000 || (read > 100 && thrown > 2000), "\(thrown) \(read)")
  }

  @Test func mistakesStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = ImageFile.encodePNG(.zeros([5, 2, 2], dtype: .uint8))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("encodePNG: a tensor of uint8 and shape [5, 2, 2]"))
  }
}
