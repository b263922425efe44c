import Foundation
import Serialization
import Testing

@Suite struct InspectTests {
  private let state: StateDict = [
    "layers.0.weight": .zeros([3, 4]), "layers.0.bias": Tensor([1, 2, 3]),
    "scale": Tensor(2.5, dtype: .float16),
  ]

  @Test(arguments: FileFormat.allCases)
  func entries(format: FileFormat) throws {
    let folder = try Folder()
    let path = folder.path("x")
    try save(state, to: path, format: format)
    let summary = try inspect(path, format: format)
    #expect(summary.format == format && summary.path == path)
    #expect(summary.entries.map(\.key) == Array(state.keys))
    #expect(summary.entries.map(\.shape) == [[3, 4], [3], []])
    #expect(summary.entries.map(\.dtype) == [.float32, .int64, .float16])
    #expect(summary.entries.map(\.byteCount) == [48, 24, 2])
  }

  @Test func metadata() throws {
    let folder = try Folder()
    let metadata = ["epoch": "12", "text": "with “quotes”, \"these\", and\nlines"]
    for name in ["x.h5", "x.safetensors"] {
      try save(state, to: folder.path(name), metadata: metadata)
      #expect(try inspect(folder.path(name)).metadata == metadata)
      #expect(areEqual(try load(folder.path(name)), state))
    }
  }

  @Test func asATable() throws {
    let folder = try Folder()
    try save(state, to: folder.path("x.h5"), metadata: ["epoch": "12"])
    #expect(
      try inspect(folder.path("x.h5")).description == """
        key              shape   dtype    bytes
        ───────────────────────────────────────
        layers.0.weight  [3, 4]  float32     48
        layers.0.bias    [3]     int64       24
        scale            []      float16      2
        3 tensors, 74 bytes, hdf5
        epoch: 12
        """)
  }

  /// A file whose data is damaged can still be inspected: the data is not read.
  @Test func theDataIsNotRead() throws {
    let folder = try Folder()
    for name in ["x.h5", "x.safetensors"] {
      let path = folder.path(name)
      try save(["x": Tensor([1.0, 2, 3])], to: path)
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let pattern: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
      let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
      bytes[place] = 9
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(try inspect(path).entries.map(\.key) == ["x"])
      #expect(throws: SerializationError.self) { try load(path) }
    }
  }
}
