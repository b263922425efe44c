#pragma once
#include <stdbool.h>
#include <stdint.h>

// Every element type: X(name, C type, ...) with what else is given. A new one is a line here.
#define FLAMBEAU_DTYPES(X, ...)       \
  X(bool, bool, __VA_ARGS__)          \
  X(uint8, uint8_t, __VA_ARGS__)      \
  X(int8, int8_t, __VA_ARGS__)        \
  X(int16, int16_t, __VA_ARGS__)      \
  X(int32, int32_t, __VA_ARGS__)      \
  X(int64, int64_t, __VA_ARGS__)      \
  FLAMBEAU_FLOAT_DTYPES(X, __VA_ARGS__)

#define FLAMBEAU_FLOAT_DTYPES(X, ...) \
  X(float32, float, __VA_ARGS__)      \
  X(float64, double, __VA_ARGS__)

// An enum that Swift sees as an enum of its own, with the cases' bare names.
#define FLAMBEAU_ENUM(Name) enum __attribute__((enum_extensibility(closed))) Name : uint8_t
#define FLAMBEAU_CASE(Name, name) Name##_##name __attribute__((swift_name(#name)))

/// The type of a tensor's elements.
typedef FLAMBEAU_ENUM(DType) {
#define X(name, T, ...) DType_##name __attribute__((swift_name(#name))),
  FLAMBEAU_DTYPES(X)
#undef X
} DType;

enum {
#define X(name, T, ...) +1
  FLAMBEAU_DTYPE_COUNT = 0 FLAMBEAU_DTYPES(X),
#undef X
};

const char *flambeau_dtype_name(DType dtype);
/// Bytes that one element takes.
static inline long flambeau_dtype_size(DType dtype) {
#define X(name, T, ...) sizeof(T),
  static const uint8_t sizes[] = {FLAMBEAU_DTYPES(X)};
#undef X
  return sizes[dtype];
}
bool flambeau_dtype_is_floating_point(DType dtype);
