import Foundation
import Support

/// A folder of a run's checkpoints, which keeps the last ones and the best one.
///
///     let folder = CheckpointFolder("run", keepLast: 3, best: .lowest("validation loss"))
///     try folder.save(checkpoint, step: step, metrics: ["validation loss": loss.item()])
///     if let path = folder.latest { try resume(Checkpoint(path)) }
public struct CheckpointFolder: Sendable {
  /// The criterion of the best checkpoint: a metric by name.
  public enum Best: Sendable {
    /// The lowest value of the metric.
    case lowest(String)
    /// The highest value of the metric.
    case highest(String)
  }

  /// The folder.
  public let path: String
  private let keepLast: Int
  private let best: Best?

  /// Creates the instance; the folder is created when a checkpoint is saved.
  ///
  /// - Parameters:
  ///   - path: path of the folder.
  ///   - keepLast: number of most recent checkpoints to keep, at least 1.
  ///   - best: criterion of the best checkpoint, which is kept too.
  public init(_ path: String, keepLast: Int = 3, best: Best? = nil) {
    guard keepLast > 0 else { fatalError("CheckpointFolder: keepLast \(keepLast); at least 1") }
    (self.path, self.keepLast, self.best) = (path, keepLast, best)
  }

  /// Saves a checkpoint, and then deletes older ones that need not be kept.
  ///
  /// - Returns: the file's path.
  /// - Throws: ``SerializationError``.
  @discardableResult
  public func save(
    _ checkpoint: Checkpoint, step: Int, metrics: [String: Double] = [:]
  ) throws -> String {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw SerializationError.cannotWrite(path: path, reason: error.systemReason)
    }
    var whole = checkpoint
    try whole.set(step, for: Self.stepName)
    try whole.set(metrics, for: Self.metricsName)
    let digits = String(step)
    let padding = String(repeating: "0", count: max(0, 9 - digits.count))
    let file = "\(path)/step-\(padding)\(digits).h5"
    try whole.save(to: file)
    let files = all()
    let kept = Set(files.suffix(keepLast) + [try bestPath() ?? file])
    for old in files where !kept.contains(old) { unlink(old) }
    return file
  }

  private static let (stepName, metricsName) = ("step", "metrics")

  /// The paths of all checkpoints, in the order of their steps.
  public func all() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.wholeMatch(of: /step-\d+\.h5/) != nil }
      .sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(path)/\($0)" }
  }

  /// The path of the checkpoint of the last step; nil if there is none.
  public var latest: String? { all().last }

  /// The path of the best checkpoint; nil if there is no criterion, or no checkpoint has its
  /// metric.
  ///
  /// - Throws: ``SerializationError``.
  public func bestPath() throws -> String? {
    guard let best else { return nil }
    let (name, sign) =
      switch best {
      case .lowest(let name): (name, 1.0)
      case .highest(let name): (name, -1.0)
      }
    let found = try all().compactMap { file -> (path: String, value: Double)? in
      let metadata = try inspect(file).metadata
      let metrics = Checkpoint.value(
        Self.metricsName, as: [String: Double].self, in: metadata)
      return metrics?[name].flatMap { $0.isNaN ? nil : (file, sign * $0) }
    }
    return found.min { $0.value < $1.value }?.path
  }
}
