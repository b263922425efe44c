import CUDAKernels
import Foundation
import Testing

@testable import Devices

/// Sets environment variables of this process; an empty value unsets one.
private func environment(_ variables: [String: String]) {
  for (name, value) in variables {
    if value.isEmpty { unsetenv(name) } else { setenv(name, value, 1) }
  }
}

private func message(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}

/// Behavior without a GPU, or without the requested one. Each test runs in its own process, since a
/// process looks for GPUs only once.
@Suite struct UnavailableTests {
  @Test func nothingIsClaimedWithoutAGPU() async {
    await #expect(processExitsWith: .success) {
      environment(["FLAMBEAU_CUDA": "", "FLAMBEAU_CUDA_LIBRARIES": ""])
      // A machine with a GPU has one, and every other has none and says why.
      #expect(CUDA.isAvailable == (CUDA.unavailability == nil))
      #expect(CUDA.isAvailable == (CUDA.deviceCount > 0))
      #expect(!CUDA.isSimulator && !MPS.isAvailable)
      if let reason = CUDA.unavailability {
        #expect(throws: reason) { try Device.cuda().requireAvailable() }
        #expect(reason.localizedDescription.hasPrefix("no CUDA device is available here: "))
      }
      #expect(throws: DeviceError.unavailable(.mps)) { try Device.mps.requireAvailable() }
      exit(0)
    }
  }

  @Test func aSimulatorThatIsNotThereIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      environment(["FLAMBEAU_CUDA": "simulator", "FLAMBEAU_CUDA_LIBRARIES": "/nowhere"])
      _ = Storage.make(byteCount: 4, device: .cuda())
    }
    let text = message(result)
    #expect(text.contains("the simulator is missing: no libCUDASimulator.so was found"))
    #expect(text.contains("let your target depend on the product CUDASimulator"))
  }

  @Test func librariesThatAreTooOldAreNamed() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "old-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // A library that has none of the driver's functions.
    let math = try #require(
      ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"].first {
        FileManager.default.fileExists(atPath: $0)
      })
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "libcuda.so.1").path, withDestinationPath: math)
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder.path as String] in
      environment(["FLAMBEAU_CUDA": "", "FLAMBEAU_CUDA_LIBRARIES": path])
      _ = Storage.make(byteCount: 4, device: .cuda())
    }
    #expect(
      message(result).contains("the NVIDIA driver is missing: it is too old, and has no cuInit"))
  }

  @Test(.enabled(if: CUDA.isSimulator))
  func aDeviceWithAnotherNumberIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      environment(["FLAMBEAU_CUDA": "simulator", "FLAMBEAU_SIMULATOR_DEVICES": "2"])
      #expect(throws: DeviceError.noSuchDevice(.cuda(2), count: 2)) {
        try Device.cuda(2).requireAvailable()
      }
      _ = CUDA.deviceName(.cuda(7))
    }
    #expect(
      message(result).contains("there is no device cuda:7: this machine has 2, cuda:0 to cuda:1"))
  }

  @Test(.enabled(if: CUDA.isSimulator))
  func aMachineWithoutAGPUIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      environment(["FLAMBEAU_CUDA": "simulator", "FLAMBEAU_SIMULATOR_DEVICES": "0"])
      _ = CUDA.memory()
    }
    #expect(message(result).contains("a GPU is missing: the driver finds none in this machine"))
  }

  @Test(.enabled(if: CUDA.isSimulator))
  func memoryThatHasRunOutIsTold() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      environment(["FLAMBEAU_SIMULATOR_MEMORY": "\(64 << 20)", "FLAMBEAU_CUDA_CACHE": "1"])
      var kept: [Storage] = []
      for _ in 0..<2 { kept.append(.make(byteCount: 20 << 20, device: .cuda())) }
      // Cached memory is returned to the driver before an allocation fails.
      kept.removeLast()
      kept.append(.make(byteCount: 40 << 20, device: .cuda()))
      #expect(CUDA.memoryReserved() == 60 << 20)
      kept.append(.make(byteCount: 30 << 20, device: .cuda()))
    }
    #expect(
      message(result).contains(
        "cuda:0 is out of memory: tried to allocate 30.0 MiB, while tensors use 60.0 MiB and 0 B more "
          + "are cached, of 64.0 MiB in total. Use smaller batches"))
  }
}

/// Tests of the available GPU, real or simulated.
@Suite(.enabled(if: CUDA.isAvailable)) struct CUDATests {
  private let backend = Device.cuda().backend

  private func vector(_ numbers: [Float]) -> StridedView {
    let view = StridedView(
      empty: Layout(contiguous: [numbers.count]), dtype: .float32, device: .cuda())
    numbers.withUnsafeBytes {
      backend.copy(from: $0.baseAddress!, to: view.pointer, byteCount: $0.count)
    }
    return view
  }

  private func numbers(_ view: StridedView) -> [Float] {
    [Float](unsafeUninitializedCapacity: view.layout.numel) { buffer, count in
      backend.copyOut(
        from: view.contiguous().pointer, to: buffer.baseAddress!, byteCount: 4 * view.layout.numel)
      count = view.layout.numel
    }
  }

  @Test func aDeviceSaysWhatItIs() {
    #expect(CUDA.deviceCount > 0)
    #expect(CUDA.isSimulator == (CUDA.deviceName() == "Flambeau's simulator"))
    #expect(CUDA.deviceCapability().major >= 7)
    #expect(CUDA.isBF16Supported() == (CUDA.deviceCapability().major >= 8))
    let memory = CUDA.memory()
    #expect(memory.free > 0 && memory.free <= memory.total)
  }

  @Test func memoryIsCounted() {
    let before = CUDA.memoryAllocated()
    let storage = Storage.make(byteCount: 1000, device: .cuda())
    #expect(CUDA.memoryAllocated() - before >= 1000)
    #expect(CUDA.maxMemoryAllocated() >= CUDA.memoryAllocated())
    #expect(storage.device == .cuda() && storage.byteCount == 1000)
  }

  @Test(arguments: [1, 3, 255, 256, 1023, 4096, 100_003])
  func allSizesAreComputed(count: Int) {
    let x = vector((0..<count).map { Float($0 % 97) })
    let y = StridedView(empty: x.layout, dtype: .float32, device: .cuda())
    backend.unary(.square, x, 0, 0, into: y)
    let expected: [Float] = (0..<count).map { Float($0 % 97) * Float($0 % 97) }
    #expect(numbers(y) == expected)
    // From an offset that is misaligned for loads of four elements.
    guard count > 1 else { return }
    let rest = x.with(Layout(shape: [count - 1], strides: [1], offset: 1))
    let z = StridedView(empty: Layout(contiguous: [count - 1]), dtype: .float32, device: .cuda())
    backend.binary(.add, rest, rest, into: z)
    #expect(numbers(z) == (1..<count).map { 2 * Float($0 % 97) })
  }

  @Test func sumsOfManyPartsAreExact() {
    let x = vector((0..<300_000).map { Float($0 % 11) })
    let y = StridedView(empty: .scalar, dtype: .float32, device: .cuda())
    backend.reduce(.sum, x, over: [true], into: y)
    #expect(numbers(y) == [Float((0..<300_000).map { $0 % 11 }.reduce(0, +))])
    let matrix = x.with(Layout(contiguous: [30_000, 10]))
    let columns = StridedView(empty: Layout(contiguous: [10]), dtype: .float32, device: .cuda())
    backend.reduce(.maximum, matrix, over: [true, false], into: columns)
    #expect(numbers(columns) == [Float](repeating: 10, count: 10))
  }

  @Test func streamsAndEventsKeepOrder() {
    let x = vector([1, 2, 3])
    let (one, other) = (CUDA.Stream(), CUDA.Stream())
    let y = StridedView(empty: x.layout, dtype: .float32, device: .cuda())
    let z = StridedView(empty: x.layout, dtype: .float32, device: .cuda())
    let (start, end) = (CUDA.Event(), CUDA.Event())
    CUDA.synchronize()
    start.record(on: one)
    one.run { backend.unary(.square, x, 0, 0, into: y) }
    other.wait(for: one)
    other.run { backend.unary(.negate, y, 0, 0, into: z) }
    end.record(on: other)
    end.synchronize()
    #expect(end.isDone && other.isDone)
    #expect(end.elapsedTime(to: end) == 0 && start.elapsedTime(to: end) >= 0)
    #expect(other.run { numbers(z) } == [-1, -4, -9])
    #expect(CUDA.Stream.default() == CUDA.Stream.default())
  }

  /// The first numbers of Philox-4x32-10 for the key and the counter 0, from the test vectors of
  /// its authors (Random123, kat_vectors): 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  @Test func philoxGivesItsAuthorsNumbers() {
    let cuda = CUDABackend(CUDA.gpu(.cuda()))
    let y = StridedView(empty: Layout(contiguous: [2]), dtype: .int64, device: .cuda())
    cuda.gpu.launch(
      cuda.kernel("integers", in: "random", .int64), over: 1, RandomLaunch(key: 0, replay: nil),
      Int64(2), y.pointer, Int64.min, Int64.max)
    var words: [Int64] = [0, 0]
    backend.copyOut(from: y.pointer, to: &words, byteCount: 16)
    #expect(
      words.map { UInt64(bitPattern: $0 &- .min) } == [
        0x6627_e8d5_e169_c58d, 0xbc57_ac4c_9b00_dbd8,
      ])
  }
}

/// The kernels' sources, and the cache of compiled ones.
@Suite struct KernelSourceTests {
  @Test func everyFileIsInTheProgram() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/CUDAKernels/Kernels")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count > 15)
    for name in names {
      let source = try #require(KernelSource.all.first { $0.name == name }, "\(name)")
      #expect(try source.text == String(contentsOf: folder.appending(path: name), encoding: .utf8))
    }
  }

  @Test func aDamagedCacheCountsAsNone() throws {
    let place = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString)/a.cubin")
    defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
    let bytes = [UInt8]((0..<200).map { UInt8($0) })
    #expect(CacheEntry.read(place) == nil)
    CacheEntry.write(bytes, to: place)
    #expect(CacheEntry.read(place) == bytes)
    let whole = try Data(contentsOf: place)
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 1
      try damaged.write(to: place)
      #expect(CacheEntry.read(place) == nil)
    }
    try whole.prefix(50).write(to: place)
    #expect(CacheEntry.read(place) == nil)
  }

  /// A corrupt cache file is compiled again and replaced.
  @Test(.enabled(if: CUDA.isSimulator))
  func theCacheIsRebuilt() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func files() throws -> [URL] {
      try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "cuda"), includingPropertiesForKeys: nil)
    }
    for round in 0..<2 {
      await #expect(processExitsWith: .success) { [path = folder.path as String] in
        environment(["FLAMBEAU_CACHE": path])
        let backend = Device.cuda().backend
        let y = StridedView(empty: Layout(contiguous: [2]), dtype: .float32, device: .cuda())
        backend.ramp(Ramp(from: 3.0, step: 1), into: y)
        var numbers: [Float] = [0, 0]
        backend.copyOut(from: y.pointer, to: &numbers, byteCount: 8)
        #expect(numbers == [3, 4])
      }
      let kept = try files()
      #expect(kept.count == 1 && kept[0].lastPathComponent.hasPrefix("fill-"))
      #expect(CacheEntry.read(kept[0]) != nil)
      if round == 0 { try Data("damaged".utf8).write(to: kept[0]) }
    }
  }
}
