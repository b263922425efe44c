// PyTorch's random numbers on a CPU: the same ones for the same seed.

#include "include/random.h"

#include <tgmath.h>


enum { N = 624, M = 397 };

// A position that says that all words but the first are still to be made: many generators are seeded
// and never asked.
enum { SEEDED = N + 1 };

void flambeau_random_seed(RandomState *state, uint64_t seed) {
  state->words[0] = (uint32_t)seed;
  state->position = SEEDED;
  state->has_normal = false;
}

void flambeau_random_spread(RandomState *state) {
  if (state->position != SEEDED) return;
  for (int i = 1; i < N; i++) {
    uint32_t previous = state->words[i - 1];
    state->words[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
  state->position = N;
}

static void refill(RandomState *state) {
  flambeau_random_spread(state);
  uint32_t *words = state->words;
  for (int i = 0; i < N; i++) {
    uint32_t mixed = (words[i] & 0x80000000u) | (words[(i + 1) % N] & 0x7fffffffu);
    words[i] = words[(i + M) % N] ^ (mixed >> 1) ^ (mixed & 1 ? 0x9908b0dfu : 0);
  }
  state->position = 0;
}

uint32_t flambeau_random_32(RandomState *state) {
  if (state->position >= N) refill(state);
  uint32_t y = state->words[state->position++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint64_t flambeau_random_64(RandomState *state) {
  uint64_t high = flambeau_random_32(state);
  return high << 32 | flambeau_random_32(state);
}

// As many random bits as the type's significand has.
static float unit_float16(RandomState *state) {
  return (flambeau_random_32(state) & ((1u << 11) - 1)) * (1.0f / (1u << 11));
}
static float unit_bfloat16(RandomState *state) {
  return (flambeau_random_32(state) & ((1u << 8) - 1)) * (1.0f / (1u << 8));
}
static float unit_float32(RandomState *state) {
  return (flambeau_random_32(state) & ((1u << 24) - 1)) * (1.0f / (1u << 24));
}
static double unit_float64(RandomState *state) {
  return (flambeau_random_64(state) & ((1ull << 53) - 1)) * (1.0 / (1ull << 53));
}

// One rounding, as PyTorch's vectorized kernels have it.
#define UNIFORM(dtype, S, T, ...)                                                          \
  static void uniform_##dtype(RandomState *state, long count, S *y, T low, T high) {       \
    for (long i = 0; i < count; i++) {                                                     \
      y[i] = FLAMBEAU_STORE_##dtype(fma(unit_##dtype(state), high - low, low));            \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(UNIFORM)

// A number of the normal distribution in double precision; every second one is kept from before.
static double next_normal(RandomState *state) {
  if (state->has_normal) {
    state->has_normal = false;
    return state->normal;
  }
  double angle = 2 * M_PI * unit_float64(state);
  double radius = sqrt(-2 * log1p(-unit_float64(state)));
  state->normal = radius * sin(angle);
  state->has_normal = true;
  return radius * cos(angle);
}

// Sixteen or more: uniform numbers, made normal sixteen at a time, the first eight of them with the
// last eight. The last sixteen are drawn anew where they do not fill a group.
#define NORMAL(dtype, S, T, ...)                                                           \
  static void normal_group_##dtype(S *y, T mean, T deviation) {                            \
    for (int i = 0; i < 8; i++) {                                                          \
      T first = FLAMBEAU_LOAD_##dtype(y[i]), second = FLAMBEAU_LOAD_##dtype(y[i + 8]);     \
      T radius = sqrt(-2 * log(1 - first)), angle = (T)(2 * M_PI) * second;                \
      y[i] = FLAMBEAU_STORE_##dtype(radius * cos(angle) * deviation + mean);               \
      y[i + 8] = FLAMBEAU_STORE_##dtype(radius * sin(angle) * deviation + mean);           \
    }                                                                                      \
  }                                                                                        \
  static void normal_##dtype(RandomState *state, long count, S *y, T mean, T deviation) {  \
    if (count < 16) {                                                                      \
      for (long i = 0; i < count; i++) {                                                   \
        y[i] = FLAMBEAU_STORE_##dtype(next_normal(state) * deviation + mean);              \
      }                                                                                    \
      return;                                                                              \
    }                                                                                      \
    uniform_##dtype(state, count, y, 0, 1);                                                \
    for (long i = 0; i + 16 <= count; i += 16) normal_group_##dtype(y + i, mean, deviation); \
    if (count % 16 != 0) {                                                                 \
      uniform_##dtype(state, 16, y + count - 16, 0, 1);                                    \
      normal_group_##dtype(y + count - 16, mean, deviation);                               \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(NORMAL)

// The inverse of the distribution's function, in double precision.
#define EXPONENTIAL(dtype, S, T, ...)                                                      \
  static void exponential_##dtype(RandomState *state, long count, S *y) {                  \
    for (long i = 0; i < count; i++) {                                                     \
      y[i] = FLAMBEAU_STORE_##dtype(-log1p(-unit_float64(state)));                         \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(EXPONENTIAL)

void flambeau_random_uniform(
    RandomState *state, DType dtype, long count, void *y, double low, double high) {
  FLAMBEAU_CALL_FLOAT(dtype, uniform, state, count, y, low, high)
}

void flambeau_random_normal(
    RandomState *state, DType dtype, long count, void *y, double mean, double deviation) {
  FLAMBEAU_CALL_FLOAT(dtype, normal, state, count, y, mean, deviation)
}

void flambeau_random_exponential(RandomState *state, DType dtype, long count, void *y) {
  FLAMBEAU_CALL_FLOAT(dtype, exponential, state, count, y)
}

void flambeau_random_integers(
    RandomState *state, long count, int64_t *y, int64_t low, int64_t high) {
  uint64_t range = (uint64_t)high - (uint64_t)low;
  for (long i = 0; i < count; i++) {
    // From 2²⁸ on, PyTorch draws 64 bits, so that all numbers are about as likely.
    uint64_t draw = range >> 28 ? flambeau_random_64(state) : flambeau_random_32(state);
    y[i] = low + (int64_t)(draw % range);
  }
}

void flambeau_random_permutation(RandomState *state, long count, int64_t *y) {
  for (long i = 0; i < count; i++) y[i] = i;
  for (long i = 0; i + 1 < count; i++) {
    long other = i + flambeau_random_32(state) % (count - i);
    int64_t swapped = y[i];
    y[i] = y[other];
    y[other] = swapped;
  }
}
