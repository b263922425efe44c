import Foundation
import NN
import Support

@_spi(Flambeau) import Devices

/// The throughput of the device, and its share of the peak.
struct Speed {
  private let device: Device
  private let isQuick: Bool
  private let limits: CUDALimits

  init(device: Device, isQuick: Bool) {
    self.device = device
    self.isQuick = isQuick
    limits = CUDA.limits(of: device)
  }

  /// The time that the device takes, in seconds: the median of seven measurements, each with
  /// enough repetitions to take at least 20 ms.
  private func seconds(_ body: () -> Void) -> Double {
    func measure(_ count: Int) -> Double {
      let (start, end) = (CUDA.Event(device), CUDA.Event(device))
      start.record()
      for _ in 0..<count { body() }
      end.record()
      end.synchronize()
      return start.elapsedTime(to: end) / 1000
    }
    body()
    CUDA.synchronize(device)
    if isQuick { return measure(1) }
    var count = 1
    while measure(count) < 0.02, count < 1 << 20 { count *= 2 }
    return (0..<7).map { _ in measure(count) / Double(count) }.sorted()[3]
  }

  // MARK: Memory

  func bandwidth() -> String {
    let rows = isQuick ? 1 << 4 : 1 << 14
    let columns = isQuick ? 1 << 4 : 1 << 12
    let bytes = Double(4 * rows * columns)
    let x = Tensor.randn([rows, columns], device: device)
    let y = Tensor.randn([rows, columns], device: device)
    let square = Tensor.randn([rows, rows], device: device)
    let (half, otherHalf) = (x.to(.bfloat16), y.to(.bfloat16))
    let index = Tensor.randperm(rows, device: device)
    let host = Tensor.randn([rows, columns])
    let pinned = host.pinMemory()
    var table = Table("Work", "bytes", "time", "GB/s", "share of the peak")
    func add(_ name: String, _ bytes: Double, isInside: Bool = true, _ body: () -> Void) {
      let time = seconds(body)
      table.add(
        name, Int(bytes).byteDescription,
        duration(time), String(format: "%.1f", bytes / time / 1e9),
        isInside ? share(bytes / time, of: limits.bandwidth) : "")
    }
    noGrad {
      add("host to device", bytes, isInside: false) { _ = host.to(device) }
      add("page-locked host to device", bytes, isInside: false) {
        _ = pinned.to(device, nonBlocking: true)
      }
      add("device to host", bytes, isInside: false) { _ = x.to(.cpu) }
      add("copy", 2 * bytes) { _ = x.clone() }
      add("a + b", 3 * bytes) { _ = x + y }
      add("a + b, bfloat16", 1.5 * bytes) { _ = half + otherHalf }
      add("exp", 2 * bytes) { _ = x.exp() }
      add("a + b.T", 3 * Double(4 * rows * rows)) { _ = square + square.T }
      add("sum", bytes) { _ = x.sum() }
      add("sum over dim 0", bytes) { _ = x.sum(dim: 0) }
      add("sum over dim 1", bytes) { _ = x.sum(dim: 1) }
      add("softmax", 2 * bytes) { _ = x.softmax(dim: -1) }
      add("layer norm", 2 * bytes) { _ = x.layerNorm([columns]) }
      add("rows by index", 2 * bytes) { _ = x[index] }
      add("random numbers", bytes) { _ = Tensor.rand([rows, columns], device: device) }
    }
    let weight = Tensor.randn([rows, columns], device: device)
    weight.requiresGrad = true
    weight.grad = y
    let adam = Adam([weight], lr: 1e-3)
    add("Adam step", 7 * bytes) { adam.step() }
    let peak = limits.bandwidth.map { String(format: "%.0f GB/s", $0 / 1e9) } ?? "not known"
    return """
      ## Memory

      Bytes that have to be read and written, over the time that the device takes; the peak is \(peak).

      \(table.text)
      """
  }

  // MARK: Arithmetic

  func arithmetic() -> String {
    var table = Table("Work", "time", "TFLOP/s", "share of the peak")
    func add(_ name: String, _ operations: Double, of peak: Double?, _ body: () -> Void) {
      let time = seconds(body)
      table.add(
        name, duration(time), String(format: "%.2f", operations / time / 1e12),
        share(operations / time, of: peak))
    }
    noGrad {
      let n = isQuick ? 32 : 8192
      let a = Tensor.randn([n, n], device: device)
      let product = 2 * pow(Double(n), 3)
      add("matrix product \(n)³, float32", product, of: limits.float32) { _ = a • a }
      CUDA.allowsTF32 = true
      add("matrix product \(n)³, TF32", product, of: limits.tf32) { _ = a • a }
      CUDA.allowsTF32 = false
      for type in [DType.bfloat16, .float16] {
        let half = a.to(type)
        add("matrix product \(n)³, \(type)", product, of: limits.half) { _ = half • half }
      }

      let (images, channels, side) = isQuick ? (2, 4, 8) : (64, 128, 28)
      let x = Tensor.randn([images, channels, side, side], device: device)
      let weight = Tensor.randn([channels, channels, 3, 3], device: device)
      let pixels = Double(images * side * side)
      add(
        "convolution 3×3 of \(channels) channels, float32",
        2 * 9 * pixels * Double(channels * channels), of: limits.float32
      ) { _ = x.conv2d(weight, padding: [1, 1]) }

      let (heads, length) = isQuick ? (2, 32) : (64, 2048)
      for type in [DType.float32, .bfloat16] {
        let q = Tensor.randn([1, heads, length, 64], device: device).to(type)
        add(
          "attention of \(heads) heads over \(length), \(type)",
          4 * 64 * Double(heads * length * length),
          of: type == .float32 ? limits.float32 : limits.half
        ) { _ = q.scaledDotProductAttention(q, q) }
      }
    }
    return """
      ## Arithmetic

      A multiplication and an addition are two operations. The peak of TF32, bfloat16 and float16 is that of \
      the tensor cores, which only cuBLAS uses.

      \(table.text)
      """
  }

  // MARK: Steps

  /// The times of small workloads whose kernels are launched one by one, and as a CUDA graph.
  func steps() -> String {
    var table = Table("Work", "one by one", "as a graph")
    let (a, b) = (Tensor.randn([4], device: device), Tensor.randn([4], device: device))
    func add(_ name: String, _ body: () -> Void) {
      let eager = seconds(body)
      let graph = CUDA.Graph(device, capturing: body)
      table.add(name, duration(eager), duration(seconds { graph.replay() }))
    }
    add("a + b on 4 floats") { _ = a + b }
    manualSeed(0)
    let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10)).to(device)
    let x = Tensor.randn([32, 64], device: device)
    let y = Tensor.randint(0, 10, [32], device: device)
    let optimizer = Adam(model.parameters(), lr: 1e-3)
    add("training step of the digits") {
      optimizer.zeroGrad()
      crossEntropy(model(x), y).backward()
      optimizer.step()
    }
    return """
      ## Starting work

      \(table.text)
      """
  }
}
