import Foundation

/// The errors of drawing a graph.
public enum RenderingError: Error, Equatable, LocalizedError {
  /// The file's extension is not that of a format.
  case unknownFormat(String)
  /// Graphviz could not read the DOT text, with its message.
  case invalidGraph(String)
  /// Graphviz could not lay out or draw the graph, with its message.
  case failed(String)
  /// The file could not be written, with the path and the reason.
  case cannotWrite(path: String, reason: String)

  public var errorDescription: String? {
    switch self {
    case .unknownFormat(let name):
      let known = GraphFormat.allCases.map(\.rawValue).joined(separator: ", ")
      return "no picture format “\(name)”: choose one of \(known)"
    case .invalidGraph(let message):
      return "the graph is not valid DOT: \(message)"
    case .failed(let message):
      return "Graphviz could not draw the graph: \(message)"
    case .cannotWrite(let path, let reason):
      return "cannot write the picture \(path): \(reason)"
    }
  }
}
