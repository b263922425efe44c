import Foundation
import Testing

/// The CUDA kernels, compiled by NVIDIA's own compiler, which needs no GPU.
@Suite struct KernelTests {
  /// All of them for GPUs from whose capability on there is more memory in a block; those of
  /// floating point also for the oldest ones, and for those that have all instructions for
  /// bfloat16. `flambeau kernels` compiles for those between, too.
  @Test(arguments: [("80", nil), ("70,90", "float16,bfloat16,float32")])
  func allKernelsCompileWithoutWarnings(architectures: String, types: String?) async throws {
    let venv = try await pythonEnvironment(
      "nvrtc", package: "nvidia-cuda-nvrtc-cu12==12.9.86",
      holding: "nvidia/cuda_nvrtc/lib/libnvrtc.so.12")
    let folder = try #require(try sitePackages(of: venv).first)
      .appending(path: "nvidia/cuda_nvrtc/lib").path
    let result = try await run(
      Repository.program("flambeau"),
      ["kernels", "--all", "--architectures", architectures]
        + (types.map { ["--types", $0] } ?? []), in: Repository.root,
      environment: ["FLAMBEAU_CUDA_LIBRARIES": folder])
    try #require(result.status == 0, "\(result.errors.suffix(2000))")
    let lines = result.output.split(separator: "\n")
    let count = architectures.split(separator: ",").count
    #expect(lines.first!.hasSuffix(" s") && lines.first!.matches(of: #/sm_\d\d/#).count == count)
    // A few registers too many are no harm.
    for row in lines where row.contains("_float") || row.contains("_int") {
      let spilled = try #require(Int(row.split(separator: " ")[3]), "\(row)")
      #expect(spilled <= 64, "\(row)")
    }
    let names =
      ["unary_exp_float32", "convolve_float16"]
      + (types == nil ? ["reduce_rows_sum_float64", "sort_tiles_bool"] : [])
    for name in names {
      let rows = lines.filter { $0.hasPrefix("\(name) ") }
      #expect(rows.count == count, "\(name)")
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
