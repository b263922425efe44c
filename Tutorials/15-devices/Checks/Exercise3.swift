import Checks
import Devices

check("no text", device(from: nil), is: .cpu)
check("cpu", device(from: "cpu"), is: .cpu)
check("nonsense", device(from: "cuda:x"), is: .cpu)
check("a card, if there is one", device(from: "cuda:0"), is: CUDA.isAvailable ? .cuda(0) : .cpu)
check("Apple's, if there is one", device(from: "mps"), is: MPS.isAvailable ? .mps : .cpu)
