#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <COperations.h>

/// The state of PyTorch's CPU generator: a 32-bit Mersenne Twister (Matsumoto and Nishimura, 1998)
/// and the second half of the last pair of normal numbers.
typedef struct {
  uint32_t words[624];
  int32_t position;
  bool has_normal;
  double normal;
} RandomState;

void flambeau_random_seed(RandomState *state, uint64_t seed);

/// Computes the words that seeding defers until the first draw.
void flambeau_random_spread(RandomState *state);

uint32_t flambeau_random_32(RandomState *state);
uint64_t flambeau_random_64(RandomState *state);

/// Uniformly distributed numbers from low up to, but not including, high. Floating-point dtypes.
void flambeau_random_uniform(
    RandomState *state, DType dtype, long count, void *y, double low, double high);

/// Normally distributed numbers, by the Box–Muller method; with `in_groups`, 16 or more are drawn in groups.
/// Floating-point dtypes.
void flambeau_random_normal(
    RandomState *state, DType dtype, long count, bool in_groups, void *y, double mean,
    double deviation);

/// Exponentially distributed numbers with mean 1. Floating-point dtypes.
void flambeau_random_exponential(RandomState *state, DType dtype, long count, void *y);

/// Integers from low up to, but not including, high.
void flambeau_random_integers(
    RandomState *state, long count, int64_t *y, int64_t low, int64_t high);

/// A random permutation of 0 ..< count.
void flambeau_random_permutation(RandomState *state, long count, int64_t *y);
