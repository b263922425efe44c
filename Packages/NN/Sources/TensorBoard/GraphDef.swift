import Foundation
import Graphs
import Support

extension ComputationGraph {
  /// Writes the graph as TensorFlow's `GraphDef`, such as `model.pb`, which Netron displays. Frames
  /// become name scopes.
  ///
  /// - Throws: ``SummaryWriterError/cannotWrite(path:reason:)``.
  public func writeGraphDef(to path: String) throws {
    do {
      try serializedGraphDef(for: path).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch let error as SummaryWriterError {
      throw error
    } catch {
      throw SummaryWriterError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  func serializedGraphDef(for path: String) throws -> Data {
    let names = graphDefNames
    let inputs = Dictionary(grouping: edges, by: \.target)
    var definition = Tensorboard_GraphDef()
    definition.versions.producer = 22
    definition.node = nodes.enumerated().map { place, node in
      var own = Tensorboard_NodeDef()
      own.name = names[place]
      let title = node.label.isEmpty ? node.kind.rawValue : node.label
      // A module's label without its name.
      own.op =
        node.kind == .module
        ? String(title.split(separator: ": ", maxSplits: 1).last ?? "module") : title
      var seen: Set<String> = []
      own.input = (inputs[place] ?? []).map { names[$0.source] }.filter { seen.insert($0).inserted }
      for field in node.fields { own.attr[field.name] = .with { $0.s = Data(field.text.utf8) } }
      return own
    }
    do {
      return try definition.serializedData()
    } catch {
      throw SummaryWriterError.cannotWrite(path: path, reason: "\(error)")
    }
  }

  /// A unique name for each node, prefixed with the names of its frames, separated by slashes.
  private var graphDefNames: [String] {
    func plain(_ text: String) -> String {
      String(text.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" })
    }
    return nodes.enumerated().map { place, node in
      var parts = ["\(plain(node.label.isEmpty ? node.kind.rawValue : node.label))_\(place)"]
      var next = node.cluster
      while let cluster = next {
        let frame = clusters[cluster]
        let name = frame.name.split(separator: ".").last.map(String.init) ?? frame.label
        if !name.isEmpty { parts.append(plain(name)) }
        next = frame.parent
      }
      return parts.reversed().joined(separator: "/")
    }
  }
}
