import ArrayFiles
import Tensors
import Testing

/// Damaged files are read or refused, and never crash or take more memory than a file can fill.
@Suite struct FuzzTests {
  @Test(arguments: ["images.idx", "images.idx.gz", "float64.idx"])
  func idx(name: String) throws {
    let counts = try fuzz(name) { path in
      let tensor = try IDX.read(path)
      #expect(tensor.numel < 100_000)
    }
    #expect(counts.thrown > 3000 && counts.read > 20, "\(counts)")
  }

  @Test(arguments: ["float32.npy", "fortran.npy", "bool.npy", "packed.npy.gz"])
  func npy(name: String) throws {
    let counts = try fuzz(name) { path in
      let tensor = try NPY.read(path)
      #expect(tensor.numel < 100_000)
    }
    #expect(counts.thrown > 3000 && counts.read > 20, "\(counts)")
  }

  @Test(arguments: ["plain.npz", "compressed.npz"])
  func npz(name: String) throws {
    let counts = try fuzz(name) { path in
      for tensor in try NPZ.read(path).values { #expect(tensor.numel < 1_000_000) }
    }
    #expect(counts.thrown > 3000 && counts.read > 20, "\(counts)")
  }

  /// In a process of its own, which a crash would end.
  @Test func hdf5() async {
    await #expect(processExitsWith: .success) {
      var round = 0
      let counts = try fuzz("arrays.h5") { path in
        round += 1
        let array = try HDF5Array(path, ["images", "group/labels", "packed", "bool"][round % 4])
        _ = try array.rows(0..<min(array.count, 10))
      }
      #expect(counts.thrown > 1000 && counts.read > 1000, "\(counts)")
    }
  }
}
