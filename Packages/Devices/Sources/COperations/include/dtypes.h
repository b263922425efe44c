#pragma once
#include <stdbool.h>
#include <stdint.h>

/// The upper half of a float32: 8 exponent bits, 7 mantissa bits.
typedef struct {
  uint16_t bits;
} bfloat16_t;

/// A float16: 5 exponent bits, 10 mantissa bits. NVRTC has no built-in type for it.
#if defined(__CUDACC__)
typedef struct {
  uint16_t bits;
} float16_bits_t;
#define FLAMBEAU_FLOAT16 float16_bits_t
#define FLAMBEAU_LOAD_float16(x) flambeau_float_from_float16(x)
#define FLAMBEAU_STORE_float16(x) flambeau_float16_from_float(x)
#else
#define FLAMBEAU_FLOAT16 _Float16
#define FLAMBEAU_LOAD_float16(x) ((float)(x))
#define FLAMBEAU_STORE_float16(x) ((_Float16)(x))
#endif

// Every dtype: X(name, storage type, compute type, ...), followed by the extra arguments. A new dtype is a line here,
// at its position in the promotion order.
#define FLAMBEAU_DTYPES(X, ...)           \
  FLAMBEAU_INTEGRAL_DTYPES(X, __VA_ARGS__) \
  FLAMBEAU_FLOAT_DTYPES(X, __VA_ARGS__)

// bool and integers.
#define FLAMBEAU_INTEGRAL_DTYPES(X, ...)  \
  X(bool, bool, bool, __VA_ARGS__)        \
  FLAMBEAU_INTEGER_DTYPES(X, __VA_ARGS__)

#define FLAMBEAU_INTEGER_DTYPES(X, ...)   \
  X(uint8, uint8_t, uint8_t, __VA_ARGS__) \
  X(int8, int8_t, int8_t, __VA_ARGS__)    \
  X(int16, int16_t, int16_t, __VA_ARGS__) \
  X(int32, int32_t, int32_t, __VA_ARGS__) \
  X(int64, int64_t, int64_t, __VA_ARGS__)

#define FLAMBEAU_FLOAT_DTYPES(X, ...)     \
  FLAMBEAU_HALF_DTYPES(X, __VA_ARGS__)    \
  FLAMBEAU_FULL_DTYPES(X, __VA_ARGS__)

#define FLAMBEAU_HALF_DTYPES(X, ...)               \
  X(float16, FLAMBEAU_FLOAT16, float, __VA_ARGS__) \
  X(bfloat16, bfloat16_t, float, __VA_ARGS__)

#define FLAMBEAU_FULL_DTYPES(X, ...)    \
  X(float32, float, float, __VA_ARGS__) \
  X(float64, double, double, __VA_ARGS__)

// All but bool.
#define FLAMBEAU_NUMBER_DTYPES(X, ...)    \
  FLAMBEAU_INTEGER_DTYPES(X, __VA_ARGS__) \
  FLAMBEAU_FLOAT_DTYPES(X, __VA_ARGS__)

/// Calls `name##_##dtype`, a function that exists for each floating-point dtype.
#define FLAMBEAU_CALL_FLOAT(dtype, name, ...)                    \
  switch (dtype) {                                               \
    FLAMBEAU_FLOAT_DTYPES(FLAMBEAU_CALL_CASE, name, __VA_ARGS__) \
  default: flambeau_stop_without_kernel(__func__, dtype);        \
  }
#define FLAMBEAU_CALL_CASE(dtype, S, C, name, ...) \
  case DType_##dtype: name##_##dtype(__VA_ARGS__); break;

// Conversions from the storage type to the compute type, and back.
#define FLAMBEAU_LOAD_bool(x) (x)
#define FLAMBEAU_LOAD_uint8(x) (x)
#define FLAMBEAU_LOAD_int8(x) (x)
#define FLAMBEAU_LOAD_int16(x) (x)
#define FLAMBEAU_LOAD_int32(x) (x)
#define FLAMBEAU_LOAD_int64(x) (x)
#define FLAMBEAU_LOAD_bfloat16(x) flambeau_float_from_bfloat16(x)
#define FLAMBEAU_LOAD_float32(x) (x)
#define FLAMBEAU_LOAD_float64(x) (x)
#define FLAMBEAU_STORE_bool(x) ((bool)(x))
// Small integers are the low bits of an int32: converting an out-of-range float to them directly is undefined in C, and
// saturates on some processors only.
#define FLAMBEAU_STORE_uint8(x) ((uint8_t)(int32_t)(x))
#define FLAMBEAU_STORE_int8(x) ((int8_t)(int32_t)(x))
#define FLAMBEAU_STORE_int16(x) ((int16_t)(int32_t)(x))
#define FLAMBEAU_STORE_int32(x) ((int32_t)(x))
#define FLAMBEAU_STORE_int64(x) ((int64_t)(x))
#define FLAMBEAU_STORE_bfloat16(x) flambeau_bfloat16_from_float(x)
#define FLAMBEAU_STORE_float32(x) ((float)(x))
#define FLAMBEAU_STORE_float64(x) ((double)(x))

static inline float flambeau_float_from_bfloat16(bfloat16_t x) {
  union {
    uint32_t bits;
    float value;
  } wide;
  wide.bits = (uint32_t)x.bits << 16;
  return wide.value;
}

/// Rounds to nearest, ties to even.
static inline bfloat16_t flambeau_bfloat16_from_float(float x) {
  union {
    float value;
    uint32_t bits;
  } wide;
  wide.value = x;
  uint32_t rounded = wide.bits + 0x7fff + (wide.bits >> 16 & 1);
  bfloat16_t y;
  y.bits = (uint16_t)((x == x ? rounded : 0x7fc00000) >> 16);
  return y;
}

#if defined(__CUDACC__)
static inline float flambeau_float_from_float16(float16_bits_t x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
}

/// Rounds to nearest, ties to even.
static inline float16_bits_t flambeau_float16_from_float(float x) {
  float16_bits_t y;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}
#endif

// An enum that Swift imports as a native enum, with unprefixed case names. The nullability annotations are for Swift,
// too.
#if defined(__CUDACC__)
#define _Nullable
#define _Nonnull
#define FLAMBEAU_ENUM(Name) enum Name : uint8_t
#define FLAMBEAU_SWIFT_NAME(text)
#define FLAMBEAU_SWIFT_STRUCT
#else
#define FLAMBEAU_ENUM(Name) enum __attribute__((enum_extensibility(closed))) Name : uint8_t
#define FLAMBEAU_SWIFT_NAME(text) __attribute__((swift_name(text)))
// A number that Swift imports as a distinct type.
#define FLAMBEAU_SWIFT_STRUCT __attribute__((swift_newtype(struct)))
#endif
#define FLAMBEAU_CASE(Name, name) Name##_##name FLAMBEAU_SWIFT_NAME(#name)

/// The type of a tensor's elements.
typedef FLAMBEAU_ENUM(DType) {
#define X(name, ...) DType_##name FLAMBEAU_SWIFT_NAME(#name),
  FLAMBEAU_DTYPES(X)
#undef X
} DType;

enum {
#define X(name, ...) +1
  FLAMBEAU_DTYPE_COUNT = 0 FLAMBEAU_DTYPES(X),
#undef X
};

#if !defined(__CUDACC__)
/// Stops the program because an operation has no kernel for a dtype.
void flambeau_stop_without_kernel(const char *operation, DType dtype) __attribute__((noreturn));
#endif

const char *flambeau_dtype_name(DType dtype);
/// The size of an element in bytes.
static inline long flambeau_dtype_size(DType dtype) {
#define X(name, T, ...) sizeof(T),
  static const uint8_t sizes[] = {FLAMBEAU_DTYPES(X)};
#undef X
  return sizes[dtype];
}
bool flambeau_dtype_is_floating_point(DType dtype);
