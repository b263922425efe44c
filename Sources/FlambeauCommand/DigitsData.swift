import Flambeau

/// A part of the digits.
typealias DigitsSubset = Subset<TensorDataset<Tensor, Tensor>>

/// The digits, split at random and standardized.
struct DigitsData: CustomStringConvertible {
  let training: DigitsSubset
  let validation: DigitsSubset
  let test: DigitsSubset

  /// Splits the digits: 70 % for training, 10 % for validation, 20 % for the final test.
  ///
  /// - Throws: `DataFileError`, ``DigitsError/tooFew(_:)``.
  init(from path: String?) throws {
    let digits = try path.map { try Digits.load(from: $0) } ?? Digits.test
    guard digits.count >= 100 else { throw DigitsError.tooFew(digits.count) }
    let (validationCount, testCount) = (digits.count / 10, digits.count / 5)
    let counts = [digits.count - validationCount - testCount, validationCount, testCount]
    let indices = randomSplit(digits, counts).map(\.indices)

    // Mean 0 and standard deviation 1 over all pixels of the training set together: pixels at the
    // edge are nearly constant, so that standardizing each one separately would produce extreme
    // outliers.
    let seen = digits.inputs[Tensor(indices[0])]
    // The deviation of uniform images is 0.
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
