@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
@_spi(Flambeau) import Tensors

// Writing PyTorch's format.

extension PyTorchFile {
  static func write(_ state: StateDict, to path: String) throws {
    let folder = "archive/"
    let archive = try ZipWriter(path)
    func add(_ name: String, _ bytes: [UInt8]) throws {
      let memory = Memory(bytes)
      try archive.add(folder + name, memory.bytes, owner: memory, alignment: 64)
    }
    try add("data.pkl", pickle(of: state))
    try add("byteorder", Array("little".utf8))
    for (index, tensor) in state.values.enumerated() {
      try archive.add("\(folder)data/\(index)", tensor.bytes, owner: tensor, alignment: 64)
    }
    try add("version", Array("3\n".utf8))
    try archive.close()
  }

  /// A pickle of protocol 2, as `torch.save` writes it.
  private static func pickle(of state: StateDict) -> [UInt8] {
    var bytes: [UInt8] = [0x80, 2]
    func integer(_ value: Int) -> [UInt8] {
      // LONG1 of 8 bytes represents every Int.
      (0...0xFF).contains(value)
        ? [UInt8(ascii: "K"), UInt8(value)] : [0x8A, 8] + value.littleEndianBytes
    }
    func text(_ text: String) -> [UInt8] {
      [UInt8(ascii: "X")] + UInt32(text.utf8.count).littleEndianBytes + Array(text.utf8)
    }
    func global(_ module: String, _ name: String) -> [UInt8] {
      Array("c\(module)\n\(name)\n".utf8)
    }
    func tuple(_ parts: [[UInt8]]) -> [UInt8] {
      [UInt8(ascii: "(")] + parts.joined() + [UInt8(ascii: "t")]
    }
    let call = UInt8(ascii: "R")
    let dictionary = global("collections", "OrderedDict") + tuple([]) + [call]
    bytes += dictionary + [UInt8(ascii: "(")]
    for (index, (key, tensor)) in state.enumerated() {
      let type = PickleNames.storageName(of: tensor.dtype)
      let id = tuple([
        text("storage"), global("torch", type), text("\(index)"), text("cpu"),
        integer(tensor.numel),
      ])
      bytes += text(key) + global("torch._utils", "_rebuild_tensor_v2")
      bytes += tuple([
        id + [UInt8(ascii: "Q")], integer(0), tuple(tensor.shape.map(integer)),
        tuple(tensor.strides.map(integer)), [0x89], dictionary,
      ])
      bytes.append(call)
    }
    return bytes + [UInt8(ascii: "u"), UInt8(ascii: ".")]
  }
}
