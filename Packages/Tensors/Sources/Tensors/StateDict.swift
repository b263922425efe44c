@_exported import OrderedCollections

/// A model's parameters and buffers by name, in order, as they are saved and loaded.
public typealias StateDict = OrderedDictionary<String, Tensor>
