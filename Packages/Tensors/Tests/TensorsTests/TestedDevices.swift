import Tensors
import ReferenceDevice

/// The devices that tests of all operations run on: the CPU, one that has the core of a backend
/// alone, and a GPU where there is one. Scripts/test asks for the simulated one.
let testedDevices: [Device] =
  [.cpu, ReferenceDevice.device] + (CUDA.isAvailable ? [.cuda()] : [])
