import Flambeau

/// Some of the digits.
typealias DigitsSubset = Subset<TensorDataset<Tensor, Tensor>>

/// The digits, split at random and standardised.
struct DigitsData: CustomStringConvertible {
  let training: DigitsSubset
  let validation: DigitsSubset
  let test: DigitsSubset

  /// Seven tenths to train on, one tenth to validate with, two tenths to test with at the end.
  ///
  /// - Throws: `DataFileError`, ``DigitsError/tooFew(_:)``.
  init(from path: String?) throws {
    let digits = try path.map { try Digits.load(from: $0) } ?? Digits.test
    guard digits.count >= 100 else { throw DigitsError.tooFew(digits.count) }
    let (validationCount, testCount) = (digits.count / 10, digits.count / 5)
    let counts = [digits.count - validationCount - testCount, validationCount, testCount]
    let indices = randomSplit(digits, counts).map(\.indices)

    // Mean 0 and deviation 1 over the training set, for all pixels together: those at the edge
    // hardly ever change, and each on its own would drown in a few outliers.
    let seen = digits.inputs[Tensor(indices[0])]
    // Images that are all of one grey have no deviation.
    let deviation = seen.std()
    let standardised = TensorDataset(
      (digits.inputs - seen.mean()) / Tensor.where(deviation .== 0, 1, deviation), digits.targets)
    let parts = indices.map { Subset(standardised, indices: $0) }
    (training, validation, test) = (parts[0], parts[1], parts[2])
  }

  var description: String {
    "Handwritten digits, 8×8 pixels: \(training.count) to train on, \(validation.count) to validate "
      + "with, \(test.count) to test with."
  }
}

extension DigitsSubset {
  /// All examples as one batch.
  func all(on device: Device) -> (Tensor, Tensor) {
    let (x, y) = base.batch(at: indices)
    return (x.to(device), y.to(device))
  }
}
