@_exported import OrderedCollections

/// A model's parameters and buffers by name, in order: what is saved and loaded.
public typealias StateDict = OrderedDictionary<String, Tensor>
