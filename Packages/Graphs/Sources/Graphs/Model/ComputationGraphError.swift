import Foundation

/// The errors of an invalid graph.
public enum ComputationGraphError: Error, Equatable, LocalizedError {
  /// An edge to or from a missing node.
  case noSuchNode(ComputationGraph.Edge, count: Int)
  /// A missing cluster, or a parent that comes after its child.
  case noSuchCluster(Int, count: Int)
  /// A cycle, with the labels of some of the nodes in it or behind it.
  case cycle([String])

  public var errorDescription: String? {
    switch self {
    case .noSuchNode(let edge, let count):
      "edge \(edge.source) → \(edge.target) refers to a node that does not exist; there are \(count)"
    case .noSuchCluster(let place, let count):
      "there is no cluster \(place) of \(count), or it comes after one inside it"
    case .cycle(let labels):
      "the graph has a cycle at or before \(labels.joined(separator: ", "))"
    }
  }
}
