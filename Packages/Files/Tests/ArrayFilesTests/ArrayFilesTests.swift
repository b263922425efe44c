import ArrayFiles
import Files
import Foundation
import Tensors
import Testing

@Suite struct ArrayFilesTests {
  @Test func numPysArrays() throws {
    let expected = try Golden.expected().filter { $0.key.contains(".npy") }
    #expect(expected.count == 27)
    for (name, array) in expected { #expect(array.matches(try NPY.read(Golden.path(name)))) }
  }

  @Test func idx() throws {
    let expected = try Golden.expected().filter { $0.key.contains(".idx") }
    #expect(expected.count == 12)
    for (name, array) in expected { #expect(array.matches(try IDX.read(Golden.path(name)))) }
  }

  @Test func archives() throws {
    let expected = try Golden.expected()
    let plain = try NPZ.read(Golden.path("plain.npz"))
    #expect(Array(plain.keys) == ["x", "y"])
    #expect(expected["plain.npz/x"]?.matches(plain["x"]!) == true)
    #expect(expected["plain.npz/y"]?.matches(plain["y"]!) == true)
    let packed = try NPZ.read(Golden.path("compressed.npz"))
    #expect(packed["x"]?.shape == [100, 100] && packed["x"]?.dtype == .float64)
    #expect(expected["compressed.npz/y"]?.matches(packed["y"]!) == true)
  }

  private func error(_ body: () throws -> Void) -> String {
    let error = #expect(throws: DataFileError.self) { try body() }
    return (error?.localizedDescription ?? "").replacing(Golden.folder.path + "/", with: "")
  }

  /// Calls `body` with the path of a file of these bytes.
  private func with<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(bytes).write(to: url)
    return try body(url.path)
  }

  @Test func whatIsWrongIsSaid() throws {
    #expect(
      error { _ = try NPY.read(Golden.path("complex.npy")) }
        == "complex.npy: its type “<c8” is not supported")
    #expect(
      error { _ = try NPY.read(Golden.path("structured.npy")) }
        == "structured.npy: its type “[('a', '<i4'), ('b', '<f4')]” is not supported")
    #expect(
      error { _ = try NPY.read(Golden.path("too large.npy")) }
        == "too large.npy: it holds the number 9223372036854775808, which does not fit into int64")
    #expect(
      error { _ = try NPY.read(Golden.path("int8.idx")) } == "int8.idx: it is not an NPY file")
    #expect(
      error { _ = try IDX.read(Golden.path("int8.npy")) }
        == "int8.npy: it is not an IDX file: it starts with the bytes [147, 78, 85, 77]")
    #expect(
      error { _ = try NPZ.read(Golden.path("int8.npy")) }
        .hasPrefix("int8.npy: it is not a zip archive: "))
    for read in [
      { try NPY.read($0) }, { try IDX.read($0) }, { try NPZ.read($0).values[0] },
      { try HDF5Array($0, "x").rows([0]) },
    ] as [(String) throws -> Tensor] {
      #expect(
        error { _ = try read("/no/file") } == "cannot read /no/file: No such file or directory")
      #expect(error { _ = try read("/") } == "cannot read /: it is a folder")
      #expect(
        error { _ = try read("/dev/null") } == "cannot read /dev/null: it is not a regular file")
    }
    let images = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Golden.path("images.idx"))))
    try with(Array(images.dropLast(10))) { path in
      #expect(
        error { _ = try IDX.read(path) }
          == "\(path): its header says [3, 5, 4] of uint8, more than the file can hold"
          || error { _ = try IDX.read(path) }.contains("ends after 50 of the 60 bytes of its data"))
    }
    try with(images + [0]) { path in
      #expect(
        error { _ = try IDX.read(path) } == "\(path): there is more in it than its header says")
    }
    // One size is 0, and the product of the others overflows.
    try with([0, 0, 8, 3, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)) { path in
      #expect((try? IDX.read(path)) == nil || (try? IDX.read(path).numel) == 0)
    }
    try with([0, 0, 8, 64] + [UInt8](repeating: 0xFF, count: 256)) { path in
      #expect(error { _ = try IDX.read(path) }.contains("more than the file can hold"))
    }
  }

  @Test func anAllocationThatAHeaderLiesAbout() throws {
    // A header of a few bytes that declares a gigabyte.
    try with([0, 0, 8, 1, 0x40, 0, 0, 0, 1, 2, 3]) { path in
      #expect(
        error { _ = try IDX.read(path) }
          == "\(path): its header says [1073741824] of uint8, more than the file can hold")
    }
  }

  @Test func moreThanTheLimits() throws {
    // Zeros, compressed to a thousandth.
    let path = Golden.path("compressed.npz")
    #expect(
      error { _ = try NPZ.read(path, limits: ReadingLimits(memory: 79_999)) }
        == "compressed.npz: with [100, 100] of float64 it would take more than 79999 bytes of "
        + "memory; a larger `memory` of ReadingLimits allows that")
    // Arrays that are not requested take no memory.
    let y = try NPZ.read(path, keys: ["y"], limits: ReadingLimits(memory: 100))
    #expect(y.keys == ["y"])
    #expect(try NPZ.read(path, limits: ReadingLimits(memory: 100_000)).count == 2)
  }

  // MARK: HDF5

  /// The same objects are rejected as when all datasets are loaded.
  @Test func hdf5ThatLeadsOutOfTheFile() throws {
    func array(_ name: String) throws -> HDF5Array {
      try HDF5Array(Golden.path("elsewhere.h5"), name)
    }
    #expect(try array("soft").rows([2]).equal(Tensor([[4.0, 5]], dtype: .float64)))
    for name in ["external", "virtual"] {
      #expect(
        error { _ = try array(name) }
          == "elsewhere.h5: “\(name)” is refused: its data is in other files")
    }
    for name in ["link", "through"] {
      #expect(error { _ = try array(name) }.hasPrefix("elsewhere.h5: "))
    }
    #expect(try array("filled").rows([3, 0]).equal(.full([2, 2], 7)))
    let large = try array("uint64")
    #expect(try large.rows([0]).equal(Tensor([1])))
    #expect(error { _ = try large.rows([1]) }.contains("does not fit into int64"))
  }

  private func array(_ name: String) throws -> HDF5Array {
    try HDF5Array(Golden.path("arrays.h5"), name)
  }

  @Test func hdf5Rows() throws {
    let images = try array("images")
    #expect(images.shape == [10, 2, 3] && images.dtype == .float32 && images.count == 10)
    let whole = Tensor.arange(60).reshape(10, 2, 3).to(.float32)
    #expect(try images.rows(0..<10).equal(whole))
    #expect(try images.rows(3..<5).equal(whole[3..<5]))
    #expect(try images.rows([7, 1, 2, 3, 1]).equal(whole[Tensor([7, 1, 2, 3, 1])]))
    #expect(try images.rows([]).shape == [0, 2, 3])
    #expect(try array("group/labels").rows([9, 0]).equal(Tensor([99, 0])))
    #expect(
      try array("packed").rows([99, 6]).equal(
        Tensor.arange(1000).reshape(100, 10)[Tensor([99, 6])]))
    #expect(try array("bool").rows(0..<4).equal(Tensor([true, false, false, true])))
    let wide = try array("uint16")
    #expect(try wide.rows([9]).item() == 54_000 && wide.dtype == .int32)
    #expect(try array("big-endian").rows([3]).equal(Tensor([0.75], dtype: .float64)))
    #expect(try array("float16").rows([3]).dtype == .float16)
  }

  @Test func hdf5FromSeveralThreads() async throws {
    let images = try array("images")
    await withTaskGroup(of: Bool.self) { group in
      for thread in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { round in
            let row = (thread * 7 + round) % 10
            return (try? images.rows([row]))?.flatten()[0].item() == Double(row * 6)
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func hdf5ThatIsWrong() throws {
    #expect(
      error { _ = try array("scalar") } == "arrays.h5: “scalar” has no dims, so no rows to read")
    #expect(
      error { _ = try array("text") } == "arrays.h5: “text” holds text, which tensors cannot hold")
    #expect(error { _ = try array("complex") }.contains("holds a compound of 2 members"))
    #expect(error { _ = try array("group") } == "arrays.h5: “group” is not a dataset")
    #expect(error { _ = try array("none") }.hasPrefix("arrays.h5: "))
    #expect(error { _ = try HDF5Array(Golden.path("int8.npy"), "x") }.hasPrefix("int8.npy: "))
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Golden.path("arrays.h5"))))
    try with(Array(whole.prefix(9000))) { path in
      #expect(error { _ = try HDF5Array(path, "images") }.contains(path))
    }
  }
}
