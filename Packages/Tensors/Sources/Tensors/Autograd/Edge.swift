/// Where the gradient of an input goes, and what its derivative needs.
struct Edge {
  var node: Node?
  var saved: SavedTensor?
  var alsoSaved: SavedTensor?

  static var none: Edge { Edge() }

  /// Lets go of what the derivative needs.
  mutating func forget() { (saved, alsoSaved) = (nil, nil) }

  /// Whether it leads to a node that has edges of its own.
  var continues: Bool {
    if let node { !node.isLeaf } else { false }
  }

  var sequence: UInt64 {
    if let node { node.sequence } else { 0 }
  }

  /// What the derivative needs, but for the output.
  var tensors: [Tensor] { [saved, alsoSaved].compactMap { $0?.saved } }
}

/// A tensor that backward needs, and the version of its contents.
struct SavedTensor {
  let saved: Tensor
  let version: UInt32

  init(_ saved: Tensor, version: UInt32) {
    self.saved = saved
    self.version = version
  }

  init(_ saved: Tensor) {
    self.init(saved, version: saved.view.storage.version)
  }

  /// The tensor, unless it has been changed in place since it was saved.
  func tensor(for node: Node) -> Tensor {
    guard saved.view.storage.version == version else {
      fatalError(
        """
        backward: a tensor of shape \(saved.shape) that “\(node.operation)” needs for its gradient \
        has been changed in place since; change a copy, or change it after backward
        """)
    }
    return saved
  }
}
