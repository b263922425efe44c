import Foundation
@_spi(Flambeau) @_exported import Graphs

/// What a graph can be drawn as; the raw value is the file extension.
public enum GraphFormat: String, Sendable, CaseIterable {
  case svg, png, pdf, dot
}

/// How Graphviz places the nodes.
public enum GraphLayout: String, Sendable, CaseIterable {
  /// In ranks that follow the arrows.
  case dot
  /// As if the edges were springs.
  case neato
}

extension ComputationGraph {
  /// Draws the graph into a file. The file is replaced in one step, once the drawing is complete.
  ///
  /// - Parameters:
  ///   - path: where to; its extension chooses the format: `svg`, `png`, `pdf` or `dot`.
  ///   - layout: how Graphviz places the nodes.
  ///   - direction: which way the arrows point.
  /// - Throws: ``RenderingError``.
  public func render(
    to path: String, layout: GraphLayout = .dot, direction: Direction = .topDown
  ) throws {
    let url = URL(fileURLWithPath: path)
    guard let format = GraphFormat(rawValue: url.pathExtension.lowercased()) else {
      throw RenderingError.unknownFormat(url.pathExtension)
    }
    let picture = try rendered(as: format, layout: layout, direction: direction)
    do {
      try picture.write(to: url, options: .atomic)
    } catch {
      throw RenderingError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  /// The drawing as the bytes of a file.
  ///
  /// - Throws: ``RenderingError``.
  public func rendered(
    as format: GraphFormat, layout: GraphLayout = .dot, direction: Direction = .topDown
  ) throws -> Data {
    try Graphviz.shared.render(dot(direction: direction), as: format, layout: layout)
  }
}
