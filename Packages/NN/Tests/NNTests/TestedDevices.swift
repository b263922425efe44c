import NN

/// The devices that tests of all operations run on: the CPU, and a GPU where there is one. Scripts/test asks
/// for the simulated one.
let testedDevices: [Device] = [.cpu] + (CUDA.isAvailable ? [.cuda()] : [])
