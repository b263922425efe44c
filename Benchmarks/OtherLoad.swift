import Foundation

/// The processor time that other programs take during a run. Where threads wait for each other,
/// as PyTorch's do at the end of every operation, another program on one of two processors makes
/// small operations many times slower, so that ratios say nothing.
struct OtherLoad {
  private let start = ContinuousClock.now
  private let before = Self.others

  /// How many processors the others have used on average; nil if the system does not say. The
  /// program's children count as others until they have ended.
  var processors: Double? {
    guard let before, let now = Self.others else { return nil }
    return (now - before) / (start.duration(to: .now) / .seconds(1))
  }

  /// Warns if this was much.
  func warn() {
    guard let processors, processors > 0.2 else { return }
    let text = String(
      format:
        "Warning: other programs used %.1f processors meanwhile; measure again without them\n",
      processors)
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// The processor time of all programs but this one and its children that have ended, in seconds.
  private static var others: Double? {
    #if os(Linux)
      guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else {
        return nil
      }
      // user, nice, system, idle, iowait, irq, softirq, steal: of all processors.
      let ticks = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap(
        Double.init)
      guard ticks.count >= 8 else { return nil }
      let all =
        (ticks.prefix(8).reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
      return all - [RUSAGE_SELF, RUSAGE_CHILDREN].map(seconds).reduce(0, +)
    #else
      return nil
    #endif
  }

  #if os(Linux)
    private static func seconds(_ who: __rusage_who) -> Double {
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].map {
        Double($0.tv_sec) + Double($0.tv_usec) / 1e6
      }.reduce(0, +)
    }
  #endif
}
