import Foundation
import Testing

/// The CUDA kernels, compiled by NVIDIA's own compiler, which needs no GPU.
@Suite struct KernelTests {
  /// For the oldest GPUs, and for those from whose capability on there are instructions for halves and for more
  /// memory in a block, in a minute or two; `flambeau kernels` compiles for those between, too.
  @Test func allKernelsCompileWithoutWarnings() async throws {
    let venv = try await pythonEnvironment(
      "nvrtc", package: "nvidia-cuda-nvrtc-cu12==12.9.86",
      holding: "nvidia/cuda_nvrtc/lib/libnvrtc.so.12")
    let folder = try #require(try sitePackages(of: venv).first)
      .appending(path: "nvidia/cuda_nvrtc/lib").path
    let result = try await run(
      Repository.program("flambeau"), ["kernels", "--all", "--architectures", "70,80,90"],
      in: Repository.root, environment: ["FLAMBEAU_CUDA_LIBRARIES": folder])
    try #require(result.status == 0, "\(result.errors.suffix(2000))")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first!.contains(" kernels for sm_70, sm_80, sm_90, "))
    // A few registers too many are no harm.
    for row in lines where row.contains("_float") || row.contains("_int") {
      let spilled = try #require(Int(row.split(separator: " ")[3]), "\(row)")
      #expect(spilled <= 64, "\(row)")
    }
    for name in [
      "unary_exp_float32", "reduce_rows_sum_float64", "sort_tiles_bool", "convolve_float16",
    ] {
      let rows = lines.filter { $0.hasPrefix("\(name) ") }
      #expect(rows.count == 3, "\(name)")
      for row in rows {
        let registers = try #require(Int(row.split(separator: " ")[2]))
        #expect((8...255).contains(registers), "\(row)")
      }
    }
  }

  @Test func typesAreChosen() async throws {
    let result = try await run(
      Repository.program("flambeau"), ["kernels", "--types", "float32,float128"],
      in: Repository.root)
    #expect(result.status == 64 && result.errors.contains("--types: there is no float128"))
  }

  @Test func aCompilerThatIsNotThereIsNamed() async throws {
    let result = try await run(
      Repository.program("flambeau"), ["kernels", "--architectures", "80"], in: Repository.root,
      environment: ["FLAMBEAU_CUDA_LIBRARIES": "/nowhere"])
    #expect(result.status != 0)
    #expect(result.errors.contains("NVRTC is missing: no libnvrtc.so.12 was found"))
    #expect(result.errors.contains("pip install nvidia-cuda-nvrtc-cu12"))
  }

  @Test func devicesAreShown() async throws {
    let real = try await run(Repository.program("flambeau"), ["devices"], in: Repository.root)
    #expect(real.output.hasPrefix("cpu     ") && real.output.contains("\nmps     not available"))
    let simulated = try await run(
      Repository.program("flambeau"), ["devices"], in: Repository.root,
      environment: ["FLAMBEAU_CUDA": "simulator", "FLAMBEAU_SIMULATOR_DEVICES": "2"])
    for line in [
      "cuda:0  Flambeau's simulator, compute capability 8.0", "cuda:1  Flambeau's simulator",
    ] {
      #expect(simulated.output.contains(line))
    }
  }
}
