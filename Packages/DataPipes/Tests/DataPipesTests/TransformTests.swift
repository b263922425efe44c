import DataPipes
import Testing

@Suite struct TransformTests {
  private static let cases: [String: GoldenTensor] = golden("transforms")

  /// The counterparts of torchvision's functions, by their names in the golden file.
  private static let transforms: [String: @Sendable (_ image: Tensor, _ real: Tensor) -> Tensor] = [
    "toFloat": { image, _ in ToFloat()(image) },
    "normalize": { Normalize(mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4])($1) },
    "normalize, one": { Normalize(mean: [0.4], std: [0.2])($1[0..<1]) },
    "centerCrop": { image, _ in CenterCrop(height: 4, width: 7)(image) },
    "centerCrop, odd": { image, _ in CenterCrop(5)(image) },
    "flip": { image, _ in
      .stack((0..<6).map { _ in RandomHorizontalFlip()(image) })
    },
    "flip, vertical": { image, _ in
      .stack((0..<6).map { _ in RandomVerticalFlip(0.3)(image) })
    },
    "resize": { Resize(height: 5, width: 4)($1) },
    "resize, larger": { Resize(height: 11, width: 13)($1) },
    "resize, uint8": { image, _ in Resize(height: 4, width: 15)(image) },
    "resize, shorter side": { Resize(3)($1) },
    "rotate 30": { RandomRotation.rotate($1, degrees: 30) },
    "rotate -77.5": { RandomRotation.rotate($1, degrees: -77.5, fill: 0.25) },
    "rotate 90": { image, _ in RandomRotation.rotate(image, degrees: 90) },
    "rotate 180": { image, _ in RandomRotation.rotate(image, degrees: 180) },
    "brightness 0.4": { ColorJitter.adjustBrightness($1, 0.4) },
    "brightness 1.7": { ColorJitter.adjustBrightness($1, 1.7) },
    "contrast 0.3": { ColorJitter.adjustContrast($1, 0.3) },
    "contrast 1.6": { ColorJitter.adjustContrast($1, 1.6) },
    "saturation 0.2": { ColorJitter.adjustSaturation($1, 0.2) },
    "saturation 1.9": { ColorJitter.adjustSaturation($1, 1.9) },
    "hue 0.3": { ColorJitter.adjustHue($1, 0.3) },
    "hue -0.45": { ColorJitter.adjustHue($1, -0.45) },
  ]

  @Test func allCasesAreThere() {
    #expect(Set(Self.cases.keys) == Set(Self.transforms.keys).union(["image"]))
  }

  @Test(arguments: transforms.keys.sorted())
  func asTorchvision(name: String) throws {
    let image = try #require(Self.cases["image"]).tensor(.uint8)
    let expected = try #require(Self.cases[name])
    let made = Generator(seed: 3).withDefault {
      Self.transforms[name]!(image, image.to(.float64) / 255)
    }
    #expect(made.shape == expected.shape)
    if image.dtype == made.dtype, name.hasPrefix("resize") {
      // torchvision interpolates integers in integer arithmetic.
      let difference = (made.to(.float64) - (try expected.tensor())).abs().max().item()
      #expect(difference <= 1)
    } else {
      #expect(isClose(made, try expected.tensor(), tolerance: 1e-6))
    }
  }

  private let image = Tensor.arange(2 * 6 * 5).reshape(2, 6, 5)

  @Test func crops() {
    var seen: Set<[Int]> = []
    Generator(seed: 1).withDefault {
      for _ in 0..<200 {
        let part = RandomCrop(height: 4, width: 3)(image)
        #expect(part.shape == [2, 4, 3] && part[1].equal(part[0] + 30))
        seen.insert([part[0, 0, 0].item(as: Int.self)])
      }
    }
    // Every position: 3 rows and 3 columns.
    #expect(seen == Set([0, 1, 2, 5, 6, 7, 10, 11, 12].map { [$0] }))
    let padded = RandomCrop(height: 10, width: 9, padding: 2)(image)
    #expect(padded.shape == [2, 10, 9] && padded[0, 0].sum().item() == 0)
    #expect(padded.sum().equal(image.sum()))
  }

  @Test func flipsAndTurnsBack() {
    #expect(RandomHorizontalFlip(0)(image).equal(image))
    #expect(RandomHorizontalFlip(1)(image)[0, 0].equal(Tensor([4, 3, 2, 1, 0])))
    #expect(RandomVerticalFlip(1)(image)[0, 0, 0].item() == 25)
    #expect(RandomRotation(0)(image).equal(image))
    let turned = RandomRotation.rotate(image, degrees: 180)
    #expect(RandomRotation.rotate(turned, degrees: 180).equal(image))
    // Batches as well.
    let batch = Tensor.stack([image, image * 2])
    #expect(RandomRotation.rotate(batch, degrees: 180)[1].equal(turned * 2))
    #expect(Resize(height: 3, width: 3)(batch.to(.float32)).shape == [2, 2, 3, 3])
  }

  @Test func jittersInRange() {
    let gray = Tensor.full([3, 2, 2], 0.5)
    Generator(seed: 2).withDefault {
      for _ in 0..<50 {
        let value = ColorJitter(brightness: 0.4)(gray)[0, 0, 0].item()
        #expect(value >= 0.3 - 1e-6 && value <= 0.7 + 1e-6)
      }
      let color = Tensor.rand([3, 4, 4])
      let jitter = ColorJitter(brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1)
      let (one, other) = (jitter(color), jitter(color))
      #expect(!one.equal(other) && one.min().item() >= 0 && one.max().item() <= 1)
    }
    #expect(ColorJitter()(gray).equal(gray))
  }

  @Test func composedInALoader() {
    let augment = Compose([
      RandomHorizontalFlip(), RandomCrop(4, padding: 1), ToFloat(),
      Normalize(mean: [0.5], std: [0.5]),
    ])
    let images = TensorDataset(Tensor.randint(0, 256, [8, 1, 5, 5]).to(.uint8), Tensor.arange(8))
    let dataset = images.map { image, label in (augment(image), OneHot(8)(label)) }
    func batches(_ numWorkers: Int) -> [(Tensor, Tensor)] {
      Array(
        DataLoader(
          dataset, batchSize: 3, shuffle: true, numWorkers: numWorkers,
          generator: Generator(seed: 1)))
    }
    let (alone, together) = (batches(0), batches(2))
    #expect(alone.map { $0.0.shape } == [[3, 1, 4, 4], [3, 1, 4, 4], [2, 1, 4, 4]])
    #expect(alone[0].1.shape == [3, 8] && alone[0].1.dtype == .float32)
    #expect(zip(alone, together).allSatisfy { $0.0.equal($1.0) && $0.1.equal($1.1) })
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "Normalize: an image of uint8; apply ToFloat first",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Normalize(mean: [0], std: [1])(.zeros([1, 2, 2], dtype: .uint8))
      })
    await expectMessage(
      "RandomCrop: a crop of 9×9 of an image of 2×2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = RandomCrop(9)(.zeros([1, 2, 2]))
      })
    await expectMessage(
      "Normalize: 2 means for an image of 3 channels",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Normalize(mean: [0, 0], std: [1, 1])(.zeros([3, 2, 2]))
      })
    await expectMessage(
      "RandomRotation: an image of shape [2, 2]; expected [channels, height, width]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = RandomRotation(5)(.zeros([2, 2]))
      })
  }
}
