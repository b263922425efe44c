#pragma once
// The operations of the tables in elementwise.h as function objects, for stored elements.

#include "kernel.cuh"

#if IS_FLOAT
#define UNARY_OPERATIONS(X) FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_FLOAT(X)
#define OWN_BINARY_OPERATIONS FLAMBEAU_BINARY_FLOAT
#else
#undef FLAMBEAU_FALLING
#define FLAMBEAU_FALLING
#define UNARY_OPERATIONS(X) FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_INTEGER(X)
#define OWN_BINARY_OPERATIONS FLAMBEAU_BINARY_INTEGER
#endif
#define BINARY_OPERATIONS(X) \
  FLAMBEAU_BINARY_ARITHMETIC(X) FLAMBEAU_BINARY_DIVISION(X) OWN_BINARY_OPERATIONS(X)

#define UNARY(name, ...)              \
  struct Unary_##name {               \
    T p, q;                           \
    S operator()(S element) const {   \
      T x = LOAD(element);            \
      FLAMBEAU_FALLING                \
      return STORE(__VA_ARGS__);      \
    }                                 \
  };
UNARY_OPERATIONS(UNARY)

#define BINARY(name, ...)                    \
  struct Binary_##name {                     \
    S operator()(S left, S right) const {    \
      T a = LOAD(left), b = LOAD(right);     \
      return STORE(__VA_ARGS__);             \
    }                                        \
  };
#if IS_FLOAT
#define DIVISION(name, integer, floating) BINARY(name, floating)
#else
#define DIVISION(name, integer, floating) BINARY(name, integer)
#endif
FLAMBEAU_BINARY_ARITHMETIC(BINARY)
FLAMBEAU_BINARY_DIVISION(DIVISION)
OWN_BINARY_OPERATIONS(BINARY)

#define COMPARISON(name, ...)                \
  struct Compare_##name {                    \
    bool operator()(S left, S right) const { \
      T a = LOAD(left), b = LOAD(right);     \
      return __VA_ARGS__;                    \
    }                                        \
  };
FLAMBEAU_COMPARISONS(COMPARISON)

#define TEST(name, ...)                  \
  struct Test_##name {                   \
    bool operator()(S element) const {   \
      T x = LOAD(element);               \
      return __VA_ARGS__;                \
    }                                    \
  };
FLAMBEAU_TESTS(TEST)
