import Devices
import Foundation
import Testing

@testable import ReferenceDevice

private let numbers: [Double] = [
  0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3.5, -7.25, 12, 100, -100, 0.001, 5.5, -3, .infinity,
  -.infinity, .nan,
]

/// All pairs of the numbers, in a dtype, on the CPU.
private func pairs(_ dtype: DType) -> (StridedView, StridedView) {
  let own = numbers.filter { dtype.isFloatingPoint || ($0.isFinite && (0...20).contains($0)) }
  func view(_ numbers: [Double]) -> StridedView {
    let view = StridedView(
      empty: Layout(contiguous: [numbers.count]), dtype: .float64, device: .cpu)
    numbers.withUnsafeBytes {
      view.pointer.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    return view.converted(to: dtype)
  }
  return (view(own.flatMap { a in own.map { _ in a } }), view(own.flatMap { _ in own }))
}

/// The results of an operation on a device, as numbers.
private func results(
  _ device: Device, _ inputs: [StridedView], _ dtype: DType,
  _ body: (any Backend, [StridedView], StridedView) -> Void
) -> [Double] {
  let own = inputs.map { $0.moved(to: device) }
  let y = StridedView(empty: own[0].layout, dtype: dtype, device: device)
  body(device.backend, own, y)
  let numbers = y.moved(to: .cpu).copied(to: .float64)
  return (0..<numbers.layout.numel).map {
    numbers.pointer.load(fromByteOffset: 8 * $0, as: Double.self)
  }
}

private func expectSame(
  _ inputs: [StridedView], _ dtype: DType, _ name: String,
  _ body: (any Backend, [StridedView], StridedView) -> Void
) {
  let own = results(ReferenceDevice.device, inputs, dtype, body)
  let cpu = results(.cpu, inputs, dtype, body)
  let precision: [DType: Double] = [
    .float64: 0x1p-48, .float32: 0x1p-20, .float16: 0x1p-9, .bfloat16: 0x1p-6,
  ]
  for (place, (a, b)) in zip(own, cpu).enumerated() {
    let isClose =
      a == b || a.isNaN && b.isNaN || abs(a - b) <= (precision[dtype] ?? 0) * max(abs(b), 1)
    #expect(isClose, "\(name) of \(dtype), place \(place): \(a), on the CPU \(b)")
  }
}

/// The arithmetic is the one that all kernels share.
@Test(arguments: DType.allCases)
func arithmeticIsTheCPUs(dtype: DType) {
  let (a, b) = pairs(dtype)
  func isDefined(_ domain: Domain, _ name: String) -> Bool {
    let isFloating = dtype.isFloatingPoint
    // Bools are converted before all operations but these.
    if dtype == .bool {
      return ["bitwiseNot", "bitwiseAnd", "bitwiseOr", "bitwiseXor"].contains(name)
    }
    return domain == .all || (domain == .floatingPoint) == isFloating
  }
  for operation in UnaryOperation.allCases where isDefined(operation.domain, "\(operation)") {
    expectSame([b], dtype, "\(operation)") { $0.unary(operation, $1[0], 0.75, 1.5, into: $2) }
  }
  for operation in BinaryOperation.allCases where isDefined(operation.domain, "\(operation)") {
    expectSame([a, b], dtype, "\(operation)") { $0.binary(operation, $1[0], $1[1], into: $2) }
  }
  for comparison in Comparison.allCases {
    expectSame([a, b], .bool, "\(comparison)") {
      $0.compare(comparison, $1[0], $1[1], into: $2)
    }
  }
  for test in ElementTest.allCases {
    expectSame([b], .bool, "\(test)") { $0.test(test, $1[0], into: $2) }
  }
  for target in DType.allCases {
    // Converting a number that does not fit into an integer is undefined.
    let source = target.isFloatingPoint || target == .bool ? b : pairs(dtype).1
    if dtype.isFloatingPoint, !target.isFloatingPoint, target != .bool { continue }
    expectSame([source], target, "convert") { $0.convert($1[0], into: $2) }
  }
}

@Test func itsMemoryIsItsOwn() async {
  await #expect(processExitsWith: .failure) {
    let view = StridedView(
      empty: Layout(contiguous: [1]), dtype: .float32, device: ReferenceDevice.device)
    view.pointer.storeBytes(of: 1, as: Float.self)
  }
}

@Test func devicesAreRegisteredOnce() async throws {
  let device = ReferenceDevice.device
  let (name, wrong) = ("reference", "reference:x")
  #expect(try Device(name) == device)
  #expect(ReferenceDevice.device.description == "reference:0")
  #expect(DeviceKind.allCases.contains(ReferenceDevice.device.kind))
  #expect(throws: DeviceError.invalidName(wrong)) { try Device(wrong) }
  await #expect(processExitsWith: .failure) { _ = Device.register("cpu") { _ in CPUBackend() } }
  await #expect(processExitsWith: .failure) { Device.register("a b") { _ in CPUBackend() } }
}
