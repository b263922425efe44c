// Random numbers on the CPU, identical to PyTorch's for the same seed.

#include "include/random.h"

#include <tgmath.h>


enum { N = 624, M = 397 };

// A position that marks the state as seeded, with all words but the first still to be computed: many generators are
// seeded and never used.
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

// As many random bits as the type's significand has; half-precision numbers are rounded from float32.
static float unit_float32(RandomState *state) {
  return (flambeau_random_32(state) & ((1u << 24) - 1)) * (1.0f / (1u << 24));
}
static double unit_float64(RandomState *state) {
  return (flambeau_random_64(state) & ((1ull << 53) - 1)) * (1.0 / (1ull << 53));
}

#define unit_float16 unit_float32
#define unit_bfloat16 unit_float32

// A fused multiply-add rounds once, as PyTorch's vectorized kernels do.
#define UNIFORM(dtype, S, T, ...)                                                          \
  static void uniform_##dtype(RandomState *state, long count, S *y, T low, T high) {       \
    for (long i = 0; i < count; i++) {                                                     \
      y[i] = FLAMBEAU_STORE_##dtype(fma(unit_##dtype(state), high - low, low));            \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(UNIFORM)

// A normally distributed number in double precision; they are computed in pairs, of which the second is kept.
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

// For 16 or more numbers, uniform numbers are transformed in groups of 16, by pairing the first eight with the last
// eight. If the last group is incomplete, the last 16 numbers are drawn again. In half precision, PyTorch draws
// only the numbers of the groups.
enum { GROUP = 16 };
#define NORMAL(dtype, S, T, ...)                                                           \
  static void normal_group_##dtype(S *y, const T *units, T mean, T deviation) {            \
    for (int i = 0; i < GROUP / 2; i++) {                                                  \
      T radius = sqrt(-2 * log(1 - units[i]));                                             \
      T angle = (T)(2 * M_PI) * units[i + GROUP / 2];                                      \
      y[i] = FLAMBEAU_STORE_##dtype(radius * cos(angle) * deviation + mean);               \
      y[i + GROUP / 2] = FLAMBEAU_STORE_##dtype(radius * sin(angle) * deviation + mean);   \
    }                                                                                      \
  }                                                                                        \
  static void normal_##dtype(                                                              \
      RandomState *state, long count, bool in_groups, S *y, T mean, T deviation) {         \
    if (count < GROUP || !in_groups) {                                                     \
      for (long i = 0; i < count; i++) {                                                   \
        y[i] = FLAMBEAU_STORE_##dtype(next_normal(state) * deviation + mean);              \
      }                                                                                    \
      return;                                                                              \
    }                                                                                      \
    T units[GROUP];                                                                        \
    long whole = count / GROUP * GROUP;                                                    \
    for (long i = 0; i < whole; i += GROUP) {                                              \
      for (int k = 0; k < GROUP; k++) units[k] = unit_##dtype(state);                      \
      normal_group_##dtype(y + i, units, mean, deviation);                                 \
    }                                                                                      \
    if (whole == count) return;                                                            \
    bool is_half = sizeof(S) < sizeof(T);                                                  \
    for (long i = whole; i < count && !is_half; i++) unit_##dtype(state);                  \
    for (int k = 0; k < GROUP; k++) units[k] = unit_##dtype(state);                        \
    normal_group_##dtype(y + count - GROUP, units, mean, deviation);                       \
  }
FLAMBEAU_FLOAT_DTYPES(NORMAL)

// By inversion of the cumulative distribution function, in double precision.
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
    RandomState *state, DType dtype, long count, bool in_groups, void *y, double mean,
    double deviation) {
  FLAMBEAU_CALL_FLOAT(dtype, normal, state, count, in_groups, y, mean, deviation)
}

void flambeau_random_exponential(RandomState *state, DType dtype, long count, void *y) {
  FLAMBEAU_CALL_FLOAT(dtype, exponential, state, count, y)
}

void flambeau_random_integers(
    RandomState *state, long count, int64_t *y, int64_t low, int64_t high) {
  uint64_t range = (uint64_t)high - (uint64_t)low;
  for (long i = 0; i < count; i++) {
    // From a range of 2²⁸ on, PyTorch draws 64 bits, to keep the modulo bias small.
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
