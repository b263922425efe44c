import ArrayFiles
import Tensors
import Testing

/// Damaged files are read or rejected, without a crash or more memory than a file can fill.
@Suite struct FuzzTests {
  @Test(arguments: ["images.idx", "images.idx.gz", "float64.idx"])
  func idx(name: String) throws {
    let percent = try fuzz(name) { path in
      let tensor = try IDX.read(path)
      #expect(tensor.numel < 100_000)
    }
    #expect(percent.thrown > 30 && percent.read > 0.2, "\(percent)")
  }

  @Test(arguments: ["float32.npy", "fortran.npy", "bool.npy", "packed.npy.gz"])
  func npy(name: String) throws {
    let percent = try fuzz(name) { path in
      let tensor = try NPY.read(path)
      #expect(tensor.numel < 100_000)
    }
    #expect(percent.thrown > 30 && percent.read > 0.2, "\(percent)")
  }

  @Test(arguments: ["plain.npz", "compressed.npz"])
  func npz(name: String) throws {
    let percent = try fuzz(name) { path in
      for tensor in try NPZ.read(path).values { #expect(tensor.numel < 1_000_000) }
    }
    #expect(percent.thrown > 30 && percent.read > 0.2, "\(percent)")
  }

  /// In processes of their own, which a crash would end. Each mutation needs one more process, so
  /// there are fewer.
  @Test(
    arguments: zip(["images", "group/labels", "packed", "bool"], [17, 18, 19, 20] as [UInt64]))
  func hdf5(name: String, seed: UInt64) async {
    await #expect(processExitsWith: .success) { [name = name as String, seed = seed as UInt64] in
      let percent = try fuzz("arrays.h5", share: 0.125, seed: seed) { path in
        let array = try HDF5Array(path, name)
        _ = try array.rows(0..<min(array.count, 10))
      }
      #expect(percent.thrown > 10 && percent.read > 10, "\(percent)")
    }
  }
}
