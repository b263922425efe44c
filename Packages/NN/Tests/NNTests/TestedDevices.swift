import NN
import ReferenceDevice

/// The devices on which tests of all operations run: the CPU, one with only the core of a backend,
/// and a GPU if there is one. Scripts/test uses the simulated one.
let testedDevices: [Device] =
  [.cpu, ReferenceDevice.device] + (CUDA.isAvailable ? [.cuda()] : [])
