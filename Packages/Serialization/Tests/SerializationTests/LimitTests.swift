import ArrayFiles
import Foundation
import Serialization
import Testing

/// A small file takes neither much memory nor much time, and the error names the limit that it
/// would exceed.
@Suite struct LimitTests {
  private static func path(_ name: String) -> String { Golden.path("foreign/\(name)") }

  /// The processor time of this thread, which does not depend on the load of the machine.
  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private func message(
    _ name: String, limits: ReadingLimits = .standard
  ) -> String {
    let begin = Self.processorTime
    let error = #expect(throws: SerializationError.self) {
      try load(Self.path(name), limits: limits)
    }
    // Generous, since sanitizers take ten times as long.
    #expect(Self.processorTime - begin < .seconds(20), "\(name)")
    return (error?.localizedDescription ?? "").replacing(Self.path(name), with: name)
  }

  @Test func pickles() throws {
    #expect(message("nested tuples.pt").contains("more than 100 of its values are nested"))
    #expect(
      message("deep.pt")
        == "deep.pt: more than 100 of its values are nested; a larger `depth` of "
        + "ReadingLimits allows that")
    #expect(message("deep.pt", limits: ReadingLimits(depth: 300)).contains("no tensors in it"))
    for name in ["count.pt", "offset.pt", "strides.pt"] {
      #expect(message(name).contains("is damaged, in the tensor “x”: it does not fit"), "\(name)")
    }
    #expect(
      message("expanded.pt")
        == "expanded.pt: with “x” of the shape [10000000000] it would take more than 1073741824 bytes "
        + "of memory; a larger `memory` of ReadingLimits allows that")
    #expect(message("twice.pt").contains("with all paths to its values it would take more than"))
    #expect(
      message("packed.pt", limits: ReadingLimits(memory: 1 << 20))
        .contains("with archive/data.pkl it would take more than 1048576 bytes"))
    #expect(
      message("packed.pt", limits: ReadingLimits(memory: 1 << 26))
        .contains("with its pickle it would take more than"))
    #expect(message("itself.pt") == "itself.pt is refused: a value in it contains itself")
    for name in [
      "nested tuples.pt", "deep.pt", "count.pt", "offset.pt", "strides.pt", "expanded.pt",
      "twice.pt", "itself.pt",
    ] {
      #expect(throws: SerializationError.self, "\(name)") { try loadValue(Self.path(name)) }
    }
    #expect(
      try loadValue(Self.path("deep.pt"), limits: ReadingLimits(depth: 300))["a"]?["a"] != nil)
  }

  @Test func hdf5() throws {
    #expect(
      message("deep.h5")
        == "deep.h5: more than 100 groups are nested; a larger `depth` of ReadingLimits "
        + "allows that")
    #expect(try load(Self.path("deep.h5"), limits: ReadingLimits(depth: 200)).count == 1)
    #expect(message("groups twice.h5").contains("more names for its objects than"))
    #expect(message("enormous.h5").contains("with “enormous” of the shape [1000000, 1000000]"))
    let begin = Self.processorTime
    #expect(try load(Self.path("enormous.h5"), keys: ["x"])["x"]?.numel == 2)
    #expect(try inspect(Self.path("enormous.h5")).entries.count == 3)
    let rows = try HDF5Array(Self.path("enormous.h5"), "flat")
    #expect(try rows.rows([999_999])[0, 5].item() == 0)
    #expect(throws: (any Error).self) { try rows.rows(0..<1000) }
    #expect(Self.processorTime - begin < .seconds(20))
  }

  /// Compressed zeros are read if the limits allow it.
  @Test func limitsAreRaised() throws {
    let folder = try Folder()
    let state: StateDict = ["x": .zeros([1 << 16])]
    for name in ["x.npz", "x.h5"] {
      try save(state, to: folder.path(name), compression: 9)
      let error = #expect(throws: SerializationError.self, "\(name)") {
        try load(folder.path(name), limits: ReadingLimits(memory: 1 << 17))
      }
      guard case .limitExceeded? = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      #expect(try load(folder.path(name), limits: ReadingLimits(memory: 1 << 18))["x"] != nil)
    }
  }
}
