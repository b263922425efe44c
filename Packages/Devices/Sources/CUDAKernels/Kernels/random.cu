// Random numbers by Philox-4x32-10 (Salmon et al., 2011): four words from a counter and a key, so that an element's
// number depends on its index only, and not on how the work is split among threads.

#include "kernel.cuh"

struct Words {
  uint32_t at[4];
};

inline Words philox(uint64_t key, uint64_t counter, uint64_t stream) {
  Words c = {{(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)stream,
              (uint32_t)(stream >> 32)}};
  uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)0xD2511F53 * c.at[0], second = (uint64_t)0xCD9E8D57 * c.at[2];
    c = {{(uint32_t)(second >> 32) ^ c.at[1] ^ low, (uint32_t)second,
          (uint32_t)(first >> 32) ^ c.at[3] ^ high, (uint32_t)first}};
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
  return c;
}

/// The random words of elements i, which is even, and i + 1: 64 bits each.
inline Words words_at(const RandomLaunch &random, int64_t i) {
  return philox(random.key, (uint64_t)i / 2, random.replay ? *random.replay : 0);
}

/// A number in [0, 1) with 53 random bits.
inline double unit(uint32_t high, uint32_t low) {
  return (double)(((uint64_t)high << 32 | low) >> 11) * (1.0 / 9007199254740992.0);
}

#if IS_FLOAT
// The width of each type's significand: with this many random bits, 1 is never reached.
#define BITS_float16 11
#define BITS_bfloat16 8
#define BITS_float32 24
#define BITS_float64 53

KERNEL(uniform, const RandomLaunch random, int64_t n, S *y, double low, double high) {
  for (int64_t i = 2 * first_index(); i < n; i += 2 * index_step()) {
    Words words = words_at(random, i);
    for (int k = 0; k < 2 && i + k < n; k++) {
      const int bits = JOINED(BITS_, ELEMENT);
      uint64_t word = (uint64_t)words.at[2 * k] << 32 | words.at[2 * k + 1];
      T x = (T)(word >> (64 - bits)) * ((T)1 / (T)((uint64_t)1 << bits));
      y[i + k] = STORE(x * ((T)high - (T)low) + (T)low);
    }
  }
}

// Pairs by the Box–Muller method.
KERNEL(normal, const RandomLaunch random, int64_t n, S *y, double mean, double deviation) {
  for (int64_t i = 2 * first_index(); i < n; i += 2 * index_step()) {
    Words words = words_at(random, i);
    T radius = (T)sqrt(-2 * log1p(-unit(words.at[0], words.at[1])));
    T angle = (T)(6.283185307179586 * unit(words.at[2], words.at[3]));
    y[i] = STORE(radius * cos(angle) * (T)deviation + (T)mean);
    if (i + 1 < n) y[i + 1] = STORE(radius * sin(angle) * (T)deviation + (T)mean);
  }
}

KERNEL(exponential, const RandomLaunch random, int64_t n, S *y) {
  for (int64_t i = 2 * first_index(); i < n; i += 2 * index_step()) {
    Words words = words_at(random, i);
    for (int k = 0; k < 2 && i + k < n; k++) {
      y[i + k] = STORE((T)-log1p(-unit(words.at[2 * k], words.at[2 * k + 1])));
    }
  }
}
#else
KERNEL(integers, const RandomLaunch random, int64_t n, S *y, int64_t low, int64_t high) {
  uint64_t range = (uint64_t)high - (uint64_t)low;
  for (int64_t i = 2 * first_index(); i < n; i += 2 * index_step()) {
    Words words = words_at(random, i);
    for (int k = 0; k < 2 && i + k < n; k++) {
      uint64_t word = (uint64_t)words.at[2 * k] << 32 | words.at[2 * k + 1];
      y[i + k] = STORE((int64_t)((uint64_t)low + (range ? word % range : word)));
    }
  }
}

// The first kernel of a graph: counts the replay, so that each replay draws different numbers.
KERNEL(advance, uint64_t *replay) {
  if (first_index() == 0) ++*replay;
}
#endif
