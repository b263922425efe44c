import Foundation

/// The errors of an invalid graph.
public enum ComputationGraphError: Error, Equatable, LocalizedError {
  /// An edge that leads out of the graph's nodes.
  case noSuchNode(ComputationGraph.Edge, count: Int)
  /// A cluster that is not there, or that comes before the one around it.
  case noSuchCluster(Int, count: Int)
  /// Nodes that lead to each other in a circle, by some of their labels.
  case cycle([String])

  public var errorDescription: String? {
    switch self {
    case .noSuchNode(let edge, let count):
      "edge \(edge.source) → \(edge.target) leads out of the \(count) nodes"
    case .noSuchCluster(let place, let count):
      "there is no cluster \(place) of \(count), or it comes before the one around it"
    case .cycle(let labels):
      "it has a cycle, which no computation has, through or to \(labels.joined(separator: ", "))"
    }
  }
}
