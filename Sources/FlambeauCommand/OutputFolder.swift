import Foundation
import Support

/// The folder that the command writes to, and the files that it has written.
final class OutputFolder {
  private let folder: String
  private(set) var written: [(name: String, what: String)] = [("digits.h5", "the trained weights")]

  /// Creates the folder if it does not exist, and checks that it is writable.
  ///
  /// - Throws: ``DigitsError/outputFolder(path:reason:)``.
  init(_ folder: String) throws {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      // So that an error is reported before training, not after it.
      let probe = URL(fileURLWithPath: path(".\(UUID().uuidString)"))
      try Data().write(to: probe)
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw DigitsError.outputFolder(path: folder, reason: error.systemReason)
    }
  }

  func path(_ name: String) -> String {
    (folder as NSString).appendingPathComponent(name)
  }

  func add(_ name: String, _ what: String) {
    written.append((name, what))
  }
}

/// The errors of the default command.
enum DigitsError: Error, LocalizedError {
  case outputFolder(path: String, reason: String)
  case tooFew(Int)
  case predictionsDiffer

  var errorDescription: String? {
    switch self {
    case .outputFolder(let path, let reason):
      "cannot write to the folder \(path): \(reason); choose another with --output"
    case .tooFew(let count):
      "\(count) digits are too few to train, validate and test with; at least 100 are needed"
    case .predictionsDiffer:
      "the model that was loaded does not predict what the saved one does"
    }
  }
}
