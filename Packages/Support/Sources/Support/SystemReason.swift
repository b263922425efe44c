import Foundation

extension Error {
  /// What went wrong with a file in the system's own words, such as “No such file or directory”,
  /// without what Foundation says around them.
  public var systemReason: String {
    let cause = (self as? CocoaError)?.underlying ?? self
    return (cause as NSError).localizedFailureReason ?? cause.localizedDescription
  }
}
