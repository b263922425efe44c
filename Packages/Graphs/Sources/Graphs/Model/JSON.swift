import Foundation

extension ComputationGraph: Codable {
  private enum CodingKeys: CodingKey {
    case nodes, edges, clusters, notes
  }

  /// Decodes a graph; throws `DecodingError.dataCorrupted` if it is invalid.
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

  /// The graph as JSON, the same bytes for equal graphs. `JSONDecoder` reads it.
  public func json() -> Data { stableJSON(self) }
}

/// JSON with the same bytes for equal values. Graphs contain no numbers that JSON cannot represent.
func stableJSON(_ value: some Encodable) -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  do {
    return try encoder.encode(value)
  } catch {
    fatalError("json(): \(error)")
  }
}
