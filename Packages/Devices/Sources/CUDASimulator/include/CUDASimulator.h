#pragma once
// A simulated GPU: the functions of libcuda, libnvrtc and libcublas that Flambeau calls, loaded instead of NVIDIA's.
// Kernels run on the CPU, from the same source, with stricter checks than on a GPU.

#if defined(__cplusplus)
extern "C" {
#endif
/// A description of the last error, or an empty string.
const char *flambeau_simulator_report(void);
#if defined(__cplusplus)
}
#endif
