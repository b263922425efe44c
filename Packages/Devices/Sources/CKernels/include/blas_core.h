#pragma once

/// Lets OpenBLAS choose its kernels again, where it took ones that are older than this processor.
///
/// A release of OpenBLAS does not know the processors that came after it, and falls back to what
/// every x86-64 has, at a quarter of the speed. The environment variable OPENBLAS_CORETYPE, where it
/// is set, stands. Call it before any other function of OpenBLAS.
void flambeau_choose_blas_core(void);
