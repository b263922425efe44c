#pragma once

// Compiles a function once for each instruction set; the best one is selected at program start. Defining
// FLAMBEAU_WITHOUT_AVX512 shows on any processor what one without it does.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#if defined(FLAMBEAU_WITHOUT_AVX512)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#else
#define VECTORIZED
#endif

// The iterations of the next loop are independent. The compiler should not warn if it cannot make use of that, as in a
// loop that calls a function.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
// The same, for a long chain of instructions: two vectors are computed at a time, so that one goes on while the other
// waits.
#define INTERLEAVED _Pragma("clang loop vectorize(assume_safety) interleave_count(2)")
#pragma clang diagnostic ignored "-Wpass-failed"

// Becomes part of each function that calls it, and is so compiled for each instruction set.
#define INLINE static inline __attribute__((always_inline))
