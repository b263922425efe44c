import CGraphReader
import CGraphviz
import Foundation
import Synchronization

/// Graphviz's library libgvc, in the same process. It has global state, so a lock guards every
/// call.
///
/// Library: <https://graphviz.org/doc/libguide/>
public final class Graphviz: Sendable {
  /// The only instance, since libgvc has global state.
  public static let shared = Graphviz()

  /// The context, created for the first drawing and kept, since each new one would load the
  /// plug-ins again.
  // Accessed only under the lock.
  private struct Context: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let context = Mutex<Context?>(nil)

  private init() {}

  /// Draws DOT text.
  ///
  /// - Parameters:
  ///   - dot: a graph in the DOT language.
  ///   - format: format of the picture.
  ///   - layout: layout algorithm.
  /// - Returns: the bytes of the picture.
  /// - Throws: ``RenderingError``.
  public func render(_ dot: String, as format: GraphFormat, layout: GraphLayout) throws -> Data {
    try context.withLock { context in
      if context == nil {
        agseterrf(collectMessage)
        agseterr(AGERR)
        guard let pointer = gvContext() else {
          throw RenderingError.failed("libgvc returned no context")
        }
        context = Context(pointer: pointer)
      }
      return try draw(dot, as: format, layout: layout, in: context!.pointer)
    }
  }

  private func draw(
    _ dot: String, as format: GraphFormat, layout: GraphLayout, in context: OpaquePointer
  ) throws -> Data {
    messages.withLock { $0 = "" }
    guard let graph = flambeau_read_graph(dot) else {
      throw RenderingError.invalidGraph(takeMessage())
    }
    defer { agclose(graph) }
    guard gvLayout(context, graph, layout.rawValue) == 0 else {
      throw RenderingError.failed(takeMessage())
    }
    defer { gvFreeLayout(context, graph) }
    // Graphviz reports an invalid label and draws it empty.
    if !messages.withLock(\.isEmpty) { throw RenderingError.invalidGraph(takeMessage()) }
    var bytes: UnsafeMutablePointer<CChar>?
    var count: UInt32 = 0
    guard gvRenderData(context, graph, format.rawValue, &bytes, &count) == 0, let bytes else {
      throw RenderingError.failed(takeMessage())
    }
    defer { gvFreeRenderData(bytes) }
    return Data(bytes: bytes, count: Int(count))
  }
}

/// Graphviz's messages since the start of the drawing.
private let messages = Mutex("")

private let collectMessage: @convention(c) (UnsafeMutablePointer<CChar>?) -> Int32 = { text in
  if let text {
    messages.withLock { $0 += String(cString: text) }
  }
  return 0
}

private func takeMessage() -> String {
  let text = messages.withLock { $0 }.trimmingCharacters(in: .whitespacesAndNewlines)
  return text.isEmpty ? "no reason given" : text
}
