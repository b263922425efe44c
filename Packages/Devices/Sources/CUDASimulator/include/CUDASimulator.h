#pragma once
// A GPU that is simulated: the functions of libcuda, libnvrtc and libcublas that Flambeau calls, for the
// program to open in place of NVIDIA's. Kernels run on the CPU, from the same source, and are watched more
// closely than a GPU would.

#if defined(__cplusplus)
extern "C" {
#endif
/// What went wrong last, in words, or an empty text.
const char *flambeau_simulator_report(void);
#if defined(__cplusplus)
}
#endif
