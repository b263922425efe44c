import Foundation
import Support

/// The lines of the table that the benchmarks print.
struct Table {
  let nameWidth: Int
  let showsThreads: Bool

  var title: String {
    row("workload", "ours", "peer", "", "ratio", "of machine", "at 1", "gain")
  }

  func row(_ found: Measurement) -> String {
    row(
      found.name, duration(found.ours), duration(found.peer), found.peerName, ratio(found.ratio),
      found.ofMachine.map { String(format: "%.0f %%", $0 * 100) } ?? "-",
      ratio(found.ratioOfOneThread), ratio(found.gain))
  }

  func row(_ found: MemoryMeasurement) -> String {
    row(
      found.name, found.ours.byteDescription, found.peer.byteDescription, found.peerName,
      ratio(found.ratio))
  }

  func row(_ found: StartMeasurement) -> String {
    row(
      found.name, duration(found.ours), duration(found.peer), found.peerName, ratio(found.ratio))
  }

  private func row(
    _ name: String, _ ours: String, _ peer: String, _ peerName: String, _ ratio: String,
    _ ofMachine: String = "", _ ratioOfOneThread: String = "", _ gain: String = ""
  ) -> String {
    let threads = showsThreads ? ratioOfOneThread.leftPadded(8) + gain.leftPadded(8) : ""
    return name.padding(toLength: nameWidth, withPad: " ", startingAt: 0) + ours.leftPadded(9)
      + peer.leftPadded(10) + "  " + peerName.padding(toLength: 16, withPad: " ", startingAt: 0)
      + ratio.leftPadded(8) + ofMachine.leftPadded(12) + threads
  }

  private func ratio(_ number: Double?) -> String {
    number.map { String(format: "%.2f", $0) } ?? "-"
  }

  private func duration(_ seconds: Double) -> String {
    let (scale, unit) =
      seconds < 1e-6
      ? (1e9, "ns") : seconds < 1e-3 ? (1e6, "µs") : seconds < 1 ? (1e3, "ms") : (1, "s")
    return String(format: "%.3g ", seconds * scale) + unit
  }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
