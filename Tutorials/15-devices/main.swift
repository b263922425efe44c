import CUDASimulator
import Devices
import Foundation
import NN
import Tensors

let x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(x.device, Tensor.zeros([2], device: .cpu).device)
print("CUDA:", CUDA.isAvailable, "MPS:", MPS.isAvailable)

for name in ["cpu", "cuda:1", "gpu"] {
  do {
    print(try Device(name))
  } catch {
    print(error.localizedDescription)
  }
}

let view = x.T.view
print(view.layout.shape, view.layout.strides, view.layout.offset, view.dtype)
let memory = view.pointer.assumingMemoryBound(to: Float.self)
print((0..<6).map { memory[$0] })

let backend = Device.cpu.backend
let sum = StridedView(empty: Layout(contiguous: [3, 2]), dtype: .float32, device: .cpu)
backend.binary(.add, view, view, into: sum)
let result = sum.pointer.assumingMemoryBound(to: Float.self)
print((0..<6).map { result[$0] })

func largest(_ view: StridedView) -> Float {
  let memory = view.pointer.assumingMemoryBound(to: Float.self)
  let (shape, strides) = (view.layout.shape, view.layout.strides)
  var largest = -Float.infinity
  for row in 0..<shape[0] {
    for column in 0..<shape[1] {
      largest = max(largest, memory[row * strides[0] + column * strides[1]])
    }
  }
  return largest
}
print(largest(x.view), largest(x.T.view), largest(x[.all, ..<2].view))

let large = Tensor.rand([4096, 4096], generator: Generator(seed: 0))
let bytes = Double(large.numel * large.dtype.itemSize)
func milliseconds(_ body: () -> Void) -> Double {
  body()
  return (0..<5).map { _ in ContinuousClock().measure(body) / .milliseconds(1) }.min()!
}

let small = large[..<1024, ..<1024].contiguous()
let times: KeyValuePairs = [
  "copy it": milliseconds { _ = large.clone() },
  "add a number": milliseconds { _ = large + 1 },
  "sum it up": milliseconds { _ = large.sum() },
  "multiply a sixteenth of it by itself": milliseconds { _ = small • small },
]
for (name, time) in times {
  print(name.padding(toLength: 38, withPad: " ", startingAt: 0), String(format: "%6.2f ms", time))
}
print(String(format: "a copy moves %.1f billion bytes a second", 2 * bytes / times[0].value / 1e6))

var work = History()
for exponent in 5...13 {
  let n = Double(1 << exponent)
  work.append(
    ["matrix product": 2 * n * n * n / (12 * n * n), "addition": 1.0 / 12], at: n)
}
try Plot(
  work, title: "Operations for each byte", xLabel: "rows and columns",
  yLabel: "operations", xAxis: .powersOfTwo, yAxis: .powersOfTwo
).write(to: "intensity.svg")

let third = Tensor([1.0 / 3, 70_000])
for dtype in [DType.float64, .float32, .bfloat16, .float16] {
  print(dtype, dtype.itemSize, "bytes:", third.to(dtype).scalars(as: Double.self))
}

let device: Device = CUDA.isAvailable ? .cuda(0) : MPS.isAvailable ? .mps : .cpu

manualSeed(0)
let model = Sequential(Linear(2, 32), ReLU(), Linear(32, 1)).to(device)
let optimizer = Adam(model.parameters(), lr: 0.01)
let inputs = Tensor.randn([256, 2], device: device)
let targets = (inputs[.all, 0] * inputs[.all, 1]).unsqueeze(1)
for step in 1...300 {
  let loss = mseLoss(model(inputs), targets)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if step % 100 == 0 { print("step \(step) on \(device):", String(format: "%.3f", loss.item())) }
}

if device.kind == .cuda {
  print(CUDA.deviceName(device))
  print(CUDA.memoryAllocated(device), "bytes in use")
  let batch = Tensor.rand([1024, 256], device: device)
  print(CUDA.memoryAllocated(device), "with a batch of", batch.numel * 4)
}

if device.kind == .cuda {
  let (start, end) = (CUDA.Event(device), CUDA.Event(device))
  let a = Tensor.rand([64, 64], device: device)
  start.record()
  let product = a • a
  end.record()
  end.synchronize()
  print(product.shape, start.elapsedTime(to: end) > 0 ? "took a while" : "took no time")
}

if device.kind == .cuda {
  let graph = CUDA.Graph(device) {
    optimizer.zeroGrad()
    mseLoss(model(inputs), targets).backward()
    optimizer.step()
  }
  print(String(format: "before: %.5f", mseLoss(model(inputs), targets).item()))
  for _ in 0..<100 { graph.replay() }
  print(String(format: "after:  %.5f", mseLoss(model(inputs), targets).item()))
}

if device.kind == .cuda {
  let scores = autocast(.cuda, dtype: .bfloat16) { model(inputs) }
  print(scores.dtype, model.parameters()[0].dtype, mseLoss(scores.to(.float32), targets).dtype)
}
