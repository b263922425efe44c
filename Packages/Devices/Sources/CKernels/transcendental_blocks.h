// The functions of transcendental.c for the dtypes that LISTED(X, …) lists: included once for those that functions.h
// has functions for, and once for halves, which are converted as they are loaded and stored.

#define UNARY(dtype, S, C, name, expression)                                               \
  VECTORIZED static void name##_##dtype##_block(                                           \
      long n, void *results, const void *const inputs[2], double first, double second) {   \
    typedef C T;                                                                           \
    T p = (T)first, q = (T)second;                                                         \
    (void)p, (void)q;                                                                      \
    S *y = results;                                                                        \
    const S *xs = inputs[0];                                                               \
    INTERLEAVED for (long i = 0; i < n; i++) {                                             \
      T x = FLAMBEAU_LOAD_##dtype(xs[i]);                                                  \
      FLAMBEAU_FALLING                                                                     \
      y[i] = FLAMBEAU_STORE_##dtype(expression);                                           \
    }                                                                                      \
  }

#define BINARY(dtype, S, C, name, expression)                                              \
  VECTORIZED static void name##_##dtype##_block(                                           \
      long n, void *results, const void *const inputs[2], double first, double second) {   \
    typedef C T;                                                                           \
    S *y = results;                                                                        \
    const S *as = inputs[0], *bs = inputs[1];                                              \
    INTERLEAVED for (long i = 0; i < n; i++) {                                             \
      T a = FLAMBEAU_LOAD_##dtype(as[i]), b = FLAMBEAU_LOAD_##dtype(bs[i]);                \
      y[i] = FLAMBEAU_STORE_##dtype(expression);                                           \
    }                                                                                      \
  }

#define X(name, expression) LISTED(UNARY, name, expression)
FLAMBEAU_UNARY_TRANSCENDENTAL(X)
#undef X
#define X(name, expression) LISTED(BINARY, name, expression)
FLAMBEAU_BINARY_TRANSCENDENTAL(X)
#undef X
#define X(name, integer, expression) LISTED(BINARY, name, expression)
FLAMBEAU_BINARY_POWER(X)
#undef X

// sin, cos, tan and fmod are vectorized for ordinary arguments only. A block with others takes the C library's.
#define ORDINARY(dtype, S, C, ...)                                                         \
  VECTORIZED static bool are_ordinary_angles_##dtype(long n, const S *x) {                 \
    bool all = true;                                                                       \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      all &= is_ordinary_angle_of_##C(FLAMBEAU_LOAD_##dtype(x[i]));                        \
    }                                                                                      \
    return all;                                                                            \
  }                                                                                        \
  VECTORIZED static bool are_ordinary_quotients_##dtype(long n, const S *a, const S *b) {  \
    bool all = true;                                                                       \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      all &= is_ordinary_quotient_of_##C(                                                  \
          FLAMBEAU_LOAD_##dtype(a[i]), FLAMBEAU_LOAD_##dtype(b[i]));                       \
    }                                                                                      \
    return all;                                                                            \
  }
LISTED(ORDINARY, )

#define X(name, expression) LISTED(UNARY, ordinary_##name, expression)
FLAMBEAU_UNARY_PERIODIC(X)
#undef X
#define X(name, integer, expression) LISTED(BINARY, ordinary_##name, expression)
FLAMBEAU_BINARY_MODULUS(X)
#undef X

#pragma push_macro("sin")
#pragma push_macro("cos")
#pragma push_macro("tan")
#pragma push_macro("fmod")
#undef sin
#undef cos
#undef tan
#undef fmod
// In double precision, a float's is rounded correctly nearly always.
#define sin(x) (T)(sin)((double)(x))
#define cos(x) (T)(cos)((double)(x))
#define tan(x) (T)(tan)((double)(x))
#define fmod(a, b) (T)(fmod)((double)(a), (double)(b))
#define X(name, expression) LISTED(UNARY, any_##name, expression)
FLAMBEAU_UNARY_PERIODIC(X)
#undef X
#define X(name, integer, expression) LISTED(BINARY, any_##name, expression)
FLAMBEAU_BINARY_MODULUS(X)
#undef X
#pragma pop_macro("sin")
#pragma pop_macro("cos")
#pragma pop_macro("tan")
#pragma pop_macro("fmod")

#define CHOICE(dtype, name, CONDITION)                                                     \
  static void name##_##dtype##_block(                                                      \
      long n, void *y, const void *const inputs[2], double p, double q) {                  \
    (CONDITION ? ordinary_##name##_##dtype##_block : any_##name##_##dtype##_block)(        \
        n, y, inputs, p, q);                                                               \
  }
#define ANGLES(dtype, S, C, name) CHOICE(dtype, name, are_ordinary_angles_##dtype(n, inputs[0]))
#define QUOTIENTS(dtype, S, C, name) \
  CHOICE(dtype, name, are_ordinary_quotients_##dtype(n, inputs[0], inputs[1]))
#define X(name, ...) LISTED(ANGLES, name)
FLAMBEAU_UNARY_PERIODIC(X)
#undef X
#define X(name, ...) LISTED(QUOTIENTS, name)
FLAMBEAU_BINARY_MODULUS(X)
#undef X

#undef UNARY
#undef BINARY
#undef ORDINARY
#undef CHOICE
#undef ANGLES
#undef QUOTIENTS
#undef LISTED
