#pragma once

/// Makes OpenBLAS select its kernels again if it has selected ones for an older processor.
///
/// A release of OpenBLAS does not recognize processors that came after it, and falls back to baseline
/// x86-64 kernels, at a quarter of the speed. The environment variable OPENBLAS_CORETYPE, if set, is
/// respected. Call this before any other function of OpenBLAS.
void flambeau_choose_blas_core(void);
