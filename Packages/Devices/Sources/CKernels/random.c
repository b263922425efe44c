// Random numbers on the CPU, identical to PyTorch's for the same seed.

#include "include/random.h"

#include "functions.h"
#include "vectorized.h"

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

static uint32_t twisted(uint32_t word, uint32_t next, uint32_t far) {
  uint32_t mixed = (word & 0x80000000u) | (next & 0x7fffffffu);
  return far ^ (mixed >> 1) ^ (mixed & 1 ? 0x9908b0dfu : 0);
}

// Without the wrapping index of a single loop, the first two are vectorized.
VECTORIZED static void twist(uint32_t *words) {
  for (int i = 0; i < N - M; i++) words[i] = twisted(words[i], words[i + 1], words[i + M]);
  for (int i = N - M; i < N - 1; i++) words[i] = twisted(words[i], words[i + 1], words[i + M - N]);
  words[N - 1] = twisted(words[N - 1], words[0], words[M - 1]);
}

static void refill(RandomState *state) {
  flambeau_random_spread(state);
  twist(state->words);
  state->position = 0;
}

static inline uint32_t tempered(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint32_t flambeau_random_32(RandomState *state) {
  if (state->position >= N) refill(state);
  return tempered(state->words[state->position++]);
}

VECTORIZED static void temper(long count, uint32_t *y, const uint32_t *words) {
  INDEPENDENT for (long i = 0; i < count; i++) y[i] = tempered(words[i]);
}

/// The next numbers of flambeau_random_32.
static void draw(RandomState *state, long count, uint32_t *y) {
  while (count > 0) {
    if (state->position >= N) refill(state);
    long some = N - state->position < count ? N - state->position : count;
    temper(some, y, state->words + state->position);
    state->position += some;
    y += some;
    count -= some;
  }
}

uint64_t flambeau_random_64(RandomState *state) {
  uint64_t high = flambeau_random_32(state);
  return high << 32 | flambeau_random_32(state);
}

/// The numbers that are drawn, and computed with, at a time.
enum { BLOCK = 512 };

// Numbers from 0 up to 1, with as many random bits as the type's significand has; half-precision numbers are rounded
// from float32.
VECTORIZED static void units_float(RandomState *state, long count, float *units) {
  uint32_t bits[BLOCK];
  draw(state, count, bits);
  INDEPENDENT for (long i = 0; i < count; i++) {
    units[i] = (bits[i] & ((1u << 24) - 1)) * (1.0f / (1u << 24));
  }
}
VECTORIZED static void units_double(RandomState *state, long count, double *units) {
  uint32_t bits[2 * BLOCK];
  draw(state, 2 * count, bits);
  INDEPENDENT for (long i = 0; i < count; i++) {
    uint64_t both = (uint64_t)bits[2 * i] << 32 | bits[2 * i + 1];
    units[i] = (both & ((1ull << 53) - 1)) * (1.0 / (1ull << 53));
  }
}
static double unit_double(RandomState *state) {
  double unit;
  units_double(state, 1, &unit);
  return unit;
}
#define UNITS(state, count, units) \
  _Generic((units), float *: units_float, double *: units_double)(state, count, units)

// A fused multiply-add rounds once, as PyTorch's vectorized kernels do.
#define UNIFORM(dtype, S, T, ...)                                                          \
  VECTORIZED static void uniform_##dtype(                                                  \
      RandomState *state, long count, S *y, T low, T high) {                               \
    T units[BLOCK];                                                                        \
    for (long first = 0; first < count; first += BLOCK) {                                  \
      long some = count - first < BLOCK ? count - first : BLOCK;                           \
      UNITS(state, some, units);                                                           \
      INDEPENDENT for (long i = 0; i < some; i++) {                                        \
        y[first + i] = FLAMBEAU_STORE_##dtype(FMA(units[i], high - low, low));             \
      }                                                                                    \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(UNIFORM)

// A normally distributed number in double precision; they are computed in pairs, of which the second is kept.
static double next_normal(RandomState *state) {
  if (state->has_normal) {
    state->has_normal = false;
    return state->normal;
  }
  double angle = 2 * M_PI * unit_double(state);
  double radius = sqrt(-2 * log1p(-unit_double(state)));
  state->normal = radius * sin(angle);
  state->has_normal = true;
  return radius * cos(angle);
}

// For 16 or more numbers, uniform numbers are transformed in groups of 16, by pairing the first eight with the last
// eight. If the last group is incomplete, the last 16 numbers are drawn again. In half precision, PyTorch draws
// only the numbers of the groups.
enum { GROUP = 16, HALF = GROUP / 2 };
#define NORMAL(dtype, S, T, ...)                                                           \
  /* Whole groups, at most a block. */                                                     \
  VECTORIZED static void normal_groups_##dtype(                                            \
      RandomState *state, long count, S *y, T mean, T deviation) {                         \
    T units[BLOCK], first[BLOCK / 2], second[BLOCK / 2];                                   \
    UNITS(state, count, units);                                                            \
    for (long i = 0; i < count; i++) {                                                     \
      (i % GROUP < HALF ? first : second)[i / GROUP * HALF + i % HALF] = units[i];         \
    }                                                                                      \
    INDEPENDENT for (long i = 0; i < count / 2; i++) {                                     \
      T radius = sqrt(-2 * log(1 - first[i])), angle = (T)(2 * M_PI) * second[i];          \
      first[i] = radius * cos(angle) * deviation + mean;                                   \
      second[i] = radius * sin(angle) * deviation + mean;                                  \
    }                                                                                      \
    for (long i = 0; i < count; i++) {                                                     \
      T x = (i % GROUP < HALF ? first : second)[i / GROUP * HALF + i % HALF];              \
      y[i] = FLAMBEAU_STORE_##dtype(x);                                                    \
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
    long whole = count / GROUP * GROUP;                                                    \
    for (long i = 0; i < whole; i += BLOCK) {                                              \
      normal_groups_##dtype(state, whole - i < BLOCK ? whole - i : BLOCK, y + i, mean, deviation); \
    }                                                                                      \
    if (whole == count) return;                                                            \
    T dropped[GROUP];                                                                      \
    if (sizeof(S) == sizeof(T)) UNITS(state, count - whole, dropped);                      \
    normal_groups_##dtype(state, GROUP, y + count - GROUP, mean, deviation);               \
  }
FLAMBEAU_FLOAT_DTYPES(NORMAL)

// By inversion of the cumulative distribution function, in double precision.
#define EXPONENTIAL(dtype, S, T, ...)                                                      \
  VECTORIZED static void exponential_##dtype(RandomState *state, long count, S *y) {       \
    double units[BLOCK];                                                                   \
    for (long first = 0; first < count; first += BLOCK) {                                  \
      long some = count - first < BLOCK ? count - first : BLOCK;                           \
      UNITS(state, some, units);                                                           \
      INDEPENDENT for (long i = 0; i < some; i++) {                                        \
        y[first + i] = FLAMBEAU_STORE_##dtype(-log1p(-units[i]));                          \
      }                                                                                    \
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
  // From a range of 2²⁸ on, PyTorch draws 64 bits, to keep the modulo bias small.
  if (range >> 28) {
    for (long i = 0; i < count; i++) y[i] = low + (int64_t)(flambeau_random_64(state) % range);
    return;
  }
  // The remainder by multiplications; Lemire, Kaser and Kurz, 2019.
  uint64_t inverse = range ? UINT64_MAX / range + 1 : 0;
  uint32_t bits[BLOCK];
  for (long first = 0; first < count; first += BLOCK) {
    long some = count - first < BLOCK ? count - first : BLOCK;
    draw(state, some, bits);
    for (long i = 0; i < some; i++) {
      uint64_t fraction = inverse * bits[i];
      y[first + i] = low + (int64_t)((unsigned __int128)fraction * range >> 64);
    }
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
