import Foundation

extension ComputationGraph: Codable {
  private enum CodingKeys: CodingKey {
    case nodes, edges, clusters, notes
  }

  /// Reads a graph, and throws `DecodingError.dataCorrupted` for one that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        nodes: container.decode([Node].self, forKey: .nodes),
        edges: container.decode([Edge].self, forKey: .edges),
        clusters: container.decodeIfPresent([Cluster].self, forKey: .clusters) ?? [],
        notes: container.decodeIfPresent([String].self, forKey: .notes) ?? [])
    } catch let error as ComputationGraphError {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: error.localizedDescription))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(nodes, forKey: .nodes)
    try container.encode(edges, forKey: .edges)
    try container.encode(clusters, forKey: .clusters)
    try container.encode(notes, forKey: .notes)
  }

  /// The graph as JSON, the same bytes for the same graph. `JSONDecoder` reads it.
  public func json() -> Data { stableJSON(self) }
}

/// The same bytes for the same value. There are no numbers in graphs that JSON does not know.
func stableJSON(_ value: some Encodable) -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  do {
    return try encoder.encode(value)
  } catch {
    fatalError("json(): \(error)")
  }
}
