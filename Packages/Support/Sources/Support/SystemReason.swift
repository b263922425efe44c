import Foundation

extension Error {
  /// The operating system's own message for a failed file operation, such as “No such file or
  /// directory”, without the text that Foundation adds.
  public var systemReason: String {
    let cause = (self as? CocoaError)?.underlying ?? self
    return (cause as NSError).localizedFailureReason ?? cause.localizedDescription
  }
}
