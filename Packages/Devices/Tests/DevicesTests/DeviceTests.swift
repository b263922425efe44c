import Devices
import Foundation
import Testing

@Test(arguments: [
  ("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:0", .cuda(0)), ("cuda:3", .cuda(3)),
  ("mps", .mps),
])
func deviceNames(name: String, device: Device) throws {
  #expect(try Device(name) == device)
}

@Test(arguments: ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:+1", "cuda:0:1", "cpu:0", "CPU"])
func namesThatMakeNoSense(name: String) {
  #expect(throws: DeviceError.invalidName(name)) { try Device(name) }
  #expect(DeviceError.invalidName(name).localizedDescription.contains("“\(name)”"))
}

@Test func descriptionsReadBack() throws {
  #expect(Device.cuda(2).description == "cuda:2" && Device.cpu.description == "cpu")
  let literal: Device = "cuda:1"
  #expect(literal == .cuda(1))
}

@Test func dtypes() {
  #expect(DType.allCases.count == 10)
  #expect(DType("float32") == .float32 && DType("float23") == nil)
  #expect(DType.allCases.map(\.itemSize) == [1, 1, 1, 2, 4, 8, 2, 2, 4, 8])
  #expect(DType.allCases.filter(\.isFloatingPoint) == [.float16, .bfloat16, .float32, .float64])
}

@Test func operationsKnowTheirNames() {
  #expect("\(UnaryOperation.exp)" == "exp" && UnaryOperation.exp.domain == .floatingPoint)
  #expect("\(UnaryOperation.bitwiseNot)" == "bitwiseNot")
  #expect(UnaryOperation.bitwiseNot.domain == .integral && UnaryOperation.relu.domain == .all)
  #expect("\(BinaryOperation.atan2)" == "atan2" && BinaryOperation.power.domain == .all)
  #expect(BinaryOperation.shiftRight.domain == .integral)
  #expect(BinaryOperation.divide.domain == .floatingPoint)
  #expect("\(Comparison.logicalXor)" == "logicalXor" && "\(ElementTest.isnan)" == "isnan")
}
