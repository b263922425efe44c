import Foundation
@_exported import Graphs
import Support

/// The file formats of a graph; the raw value is the file extension.
public enum GraphFormat: String, Sendable, CaseIterable {
  /// A picture, or the graph as text.
  case svg, png, pdf, dot, json
  /// Mermaid, with the extension `mmd`.
  case mermaid = "mmd"
}

/// The layout algorithm of Graphviz.
public enum GraphLayout: String, Sendable, CaseIterable {
  /// Hierarchical layout, in the direction of the arrows.
  case dot
  /// Force-directed layout, with edges as springs.
  case neato
}

extension ComputationGraph {
  /// The default for the maximum number of nodes to draw, which takes Graphviz a few seconds.
  public static let drawableNodes = 2000

  /// Draws the graph into a file. The file is replaced atomically, once the drawing is complete.
  ///
  /// - Parameters:
  ///   - path: path of the file, whose extension selects the format: `svg`, `png`, `pdf`, `dot`,
  ///     `mmd` for Mermaid, or `json` for the graph itself.
  ///   - layout: layout algorithm of Graphviz.
  ///   - direction: direction of the arrows.
  ///   - legend: whether to add a legend of shapes and colors.
  ///   - maxNodes: maximum number of nodes. A larger graph is folded, with a note below the
  ///     drawing; see `fitted(to:)`. As `json`, it is written in full.
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

  /// The drawing as the contents of a file.
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
  /// The format for a path's extension.
  init(path: String) throws {
    let name = URL(fileURLWithPath: path).pathExtension
    guard let format = GraphFormat(rawValue: name.lowercased()) else {
      throw RenderingError.unknownFormat(name)
    }
    self = format
  }
}

/// Writes a file atomically.
func write(_ bytes: Data, to path: String) throws {
  do {
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw RenderingError.cannotWrite(path: path, reason: error.systemReason)
  }
}
