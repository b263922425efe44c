import Foundation
import Support

/// The folder that the command writes to, and what it has written there.
final class OutputFolder {
  private let folder: String
  private(set) var written: [(name: String, what: String)] = [("digits.h5", "the trained weights")]

  /// Makes the folder if it is not there, and checks that files can be written to it.
  ///
  /// - Throws: ``DigitsError/outputFolder(path:reason:)``.
  init(_ folder: String) throws {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      // Better to find out before the training than after it.
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

/// Why the main job could not be done.
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
