#pragma once
#include <stdint.h>
#include <string.h>
#include <tgmath.h>

// Float32 functions without branches and calls, so that loops over them are vectorized. They are
// accurate to about 1 ulp, as the tests check. Other types use the C library's.

static inline float float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint32_t bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// ln 2 in two parts; the first has so few bits that small integer multiples of it are exact.
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f

// x·2ⁿ, even if 2ⁿ itself is not a normal number.
static inline float scaled(float x, int n) {
  int half = n / 2;
  return x * float_of_bits((uint32_t)(half + 127) << 23) *
         float_of_bits((uint32_t)(n - half + 127) << 23);
}

// Range reduction: the integer n nearest to x / ln 2, and the remainder x - n·ln 2.
static inline int reduced(float x, float *rest) {
  float n = __builtin_elementwise_rint(x * 1.44269504f);
  float high = x - n * LN2_HIGH;
  *rest = high - n * LN2_LOW;
  return (int)n;
}

// eʳ - 1 - r for |r| ≤ ln 2 / 2, by its series.
static inline float exp_tail(float r) {
  return r * r *
         (0.5f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f))))));
}

// eˣ = 2ⁿ·eʳ
static inline float exp_of_float(float x) {
  float r, limited = x < -105 ? -105 : x > 90 ? 90 : x;
  int n = reduced(limited == limited ? limited : 0, &r);
  return x == x ? scaled(1 + (r + exp_tail(r)), n) : x;
}

// eˣ - 1 = 2ⁿ·(eʳ - 1) + (2ⁿ - 1)
static inline float expm1_of_float(float x) {
  float r, limited = x < -105 ? -105 : x > 90 ? 90 : x;
  int n = reduced(limited == limited ? limited : 0, &r);
  float rest = r + exp_tail(r);
  float result = n > 24 ? scaled(1 + rest, n) : scaled(rest, n) + (scaled(1, n) - 1);
  return x == x ? (x == 0 ? x : n == 0 ? rest : result) : x;
}

// ln(2ᵉ·(1 + f)) for 1 + f from √½ to √2, where ln(1 + f) = 2·artanh(s) for s = f / (2 + f).
static inline float log_of_parts(float f, float e) {
  float s = f / (2 + f), z = s * s, half = f * f * 0.5f;
  float series = z * (2 / 3.0f + z * (2 / 5.0f + z * (2 / 7.0f + z * (2 / 9.0f + z * (2 / 11.0f)))));
  return (f - (half - (s * (half + series) + e * LN2_LOW))) + e * LN2_HIGH;
}

// Splits x, a positive normal number, into 2ᵉ·(1 + f).
static inline float split(float x, float *e) {
  uint32_t bits = bits_of_float(x) - 0x3f3504f3;  // √½
  *e = (float)((int32_t)bits >> 23);
  return float_of_bits((bits & 0x7fffff) + 0x3f3504f3) - 1;
}

static inline float log_of_float(float x) {
  float e;
  float lifted = x < 1.17549435e-38f ? x * 33554432.0f : x;  // 2²⁵
  float f = split(lifted, &e);
  float result = log_of_parts(f, lifted == x ? e : e - 25);
  return x > 0 ? (x - x == 0 ? result : x) : x == 0 ? -INFINITY : NAN;
}

// ln(1 + x), with a correction for the rounding error of 1 + x.
static inline float log1p_of_float(float x) {
  float u = 1 + x, e;
  float f = split(u > 1.17549435e-38f ? u : 1, &e);
  float lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  float result = log_of_parts(f, e) + lost / u;
  float small = x * x < 1e-9f ? x - x * x * 0.5f : result;
  return x > -1 ? (x - x == 0 ? (x == 0 ? x : small) : x) : x == -1 ? -INFINITY : NAN;
}

// tanh |x| = (e²ˣ - 1) / (e²ˣ + 1)
static inline float tanh_of_float(float x) {
  float t = expm1_of_float(x < 0 ? -2 * x : 2 * x);
  float y = t > 1e9f ? 1 : t / (t + 2);
  return x == x ? (x < 0 ? -y : x == 0 ? x : y) : x;
}

#define FLOAT32_OR(library, name, x) _Generic((x), float: name##_of_float, default: library)(x)

static inline double exp_of_double(double x) { return exp(x); }
static inline double expm1_of_double(double x) { return expm1(x); }
static inline double log_of_double(double x) { return log(x); }
static inline double log1p_of_double(double x) { return log1p(x); }
static inline double tanh_of_double(double x) { return tanh(x); }

#undef exp
#undef expm1
#undef log
#undef log1p
#undef tanh
#define exp(x) FLOAT32_OR(exp_of_double, exp, x)
#define expm1(x) FLOAT32_OR(expm1_of_double, expm1, x)
#define log(x) FLOAT32_OR(log_of_double, log, x)
#define log1p(x) FLOAT32_OR(log1p_of_double, log1p, x)
#define tanh(x) FLOAT32_OR(tanh_of_double, tanh, x)

// These compile to single instructions if the processor has them; the C library's versions set errno, which prevents
// vectorization.
#undef sqrt
#undef floor
#undef ceil
#undef trunc
#undef rint
#define sqrt(x) __builtin_elementwise_sqrt(x)
#define floor(x) __builtin_elementwise_floor(x)
#define ceil(x) __builtin_elementwise_ceil(x)
#define trunc(x) __builtin_elementwise_trunc(x)
#define rint(x) __builtin_elementwise_rint(x)
