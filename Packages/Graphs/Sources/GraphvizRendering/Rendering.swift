import Foundation
@_exported import Graphs
import Support

/// What a graph can be drawn as; the raw value is the file extension.
public enum GraphFormat: String, Sendable, CaseIterable {
  /// A drawing or a text, by the extension.
  case svg, png, pdf, dot, json
  /// Mermaid's text, with the extension `mmd`.
  case mermaid = "mmd"
}

/// How Graphviz places the nodes.
public enum GraphLayout: String, Sendable, CaseIterable {
  /// In ranks that follow the arrows.
  case dot
  /// As if the edges were springs.
  case neato
}

extension ComputationGraph {
  /// How many nodes are drawn at most, if nothing else is said. Graphviz takes some seconds for
  /// them.
  public static let drawableNodes = 2000

  /// Draws the graph into a file. The file is replaced atomically, once the drawing is complete.
  ///
  /// - Parameters:
  ///   - path: path of the file, whose extension selects the format: `svg`, `png`, `pdf`, `dot`,
  ///     and as text `mmd` for Mermaid and `json` for the graph itself.
  ///   - layout: layout algorithm of Graphviz.
  ///   - direction: direction of the arrows.
  ///   - legend: whether to add a legend of shapes and colors.
  ///   - maxNodes: a graph of more nodes is folded until it has no more, and the drawing says so;
  ///     see `fitted(to:)`. As `json` it is written whole.
  /// - Throws: ``RenderingError``.
  public func render(
    to path: String, layout: GraphLayout = .dot, direction: Direction = .topDown,
    legend: Bool = true, maxNodes: Int = drawableNodes
  ) throws {
    let format = try GraphFormat(path: path)
    try write(
      rendered(
        as: format, layout: layout, direction: direction, legend: legend, maxNodes: maxNodes),
      to: path)
  }

  /// The drawing as the bytes of a file.
  ///
  /// - Throws: ``RenderingError``.
  public func rendered(
    as format: GraphFormat, layout: GraphLayout = .dot, direction: Direction = .topDown,
    legend: Bool = true, maxNodes: Int = drawableNodes
  ) throws -> Data {
    if format == .json { return json() }
    let graph = fitted(to: maxNodes)
    if format == .mermaid { return Data(graph.mermaid(direction: direction).utf8) }
    return try Graphviz.shared.render(
      graph.dot(direction: direction, legend: legend), as: format, layout: layout)
  }
}

extension GraphFormat {
  /// The format that a path's extension names.
  init(path: String) throws {
    let name = URL(fileURLWithPath: path).pathExtension
    guard let format = GraphFormat(rawValue: name.lowercased()) else {
      throw RenderingError.unknownFormat(name)
    }
    self = format
  }
}

/// Replaces a file in one step.
func write(_ bytes: Data, to path: String) throws {
  do {
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw RenderingError.cannotWrite(path: path, reason: error.systemReason)
  }
}
