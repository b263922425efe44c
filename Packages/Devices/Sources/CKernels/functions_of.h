// The functions of functions.h for one type, REAL, of which INT and BITS are integers of the same size. If PRECISE is
// false, they have some 17 correct bits, which is enough for half precision.

INLINE REAL F(of_bits)(BITS bits) {
  REAL x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE BITS F(bits_of)(REAL x) {
  BITS bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// a with the sign of b.
INLINE REAL F(signed_as)(REAL a, REAL b) {
  return F(of_bits)(F(bits_of)(a) | (F(bits_of)(b) & T(SIGN)));
}

INLINE REAL F(magnitude)(REAL x) { return F(of_bits)(F(bits_of)(x) & ~T(SIGN)); }

// c[0] + c[1]·x + c[2]·x² + …; if there are many, those from x⁸ on beside the others, as neither waits for the other.
INLINE REAL F(polynomial)(REAL x, const REAL *c, int count) {
  int low = count > 12 ? 8 : count;
  REAL y = c[low - 1];
#pragma clang loop unroll(full)
  for (int k = low - 2; k >= 0; k--) y = y * x + c[k];
  if (low == count) return y;
  REAL square = x * x, fourth = square * square, more = c[count - 1];
#pragma clang loop unroll(full)
  for (int k = count - 2; k >= low; k--) more = more * x + c[k];
  return more * (fourth * fourth) + y;
}
#define POLYNOMIAL(x, name) F(polynomial)(x, P(name), sizeof P(name) / sizeof(REAL))

// Exponentials. 2ⁿ is kept as n plus twice the exponents' bias, which is split into two biased exponents
// where 2ⁿ itself may not be a normal number.

INLINE REAL F(scaled)(REAL x, BITS biased) {
  BITS half = biased >> 1;
  return x * F(of_bits)(half << T(MANTISSA)) * F(of_bits)((biased - half) << T(MANTISSA));
}

// The same for n ≤ 0, with a shift so large that 2ⁿ is a normal number where the product is not 0.
INLINE REAL F(scaled_down)(REAL x, BITS biased) {
  return x * F(of_bits)((biased - T(BIAS) + T(SHIFT)) << T(MANTISSA)) *
         F(of_bits)((BITS)(T(BIAS) - T(SHIFT)) << T(MANTISSA));
}

// ln 2, less LN2_LOW if that is subtracted, too.
#define LN2 (PRECISE ? T(LN2_HIGH) : (REAL)0.69314718055994530942)

// x = n·ln 2 + r, with the integer n nearest to x / ln 2. Adding 1.5·2^MANTISSA rounds to an integer,
// which is then in the low bits.
#define ROUNDER ((REAL)3 * ((BITS)1 << (T(MANTISSA) - 1)))
INLINE BITS F(reduced)(REAL x, REAL *r, REAL *n) {
  REAL shifted = x * (REAL)1.44269504088896340736 + ROUNDER;
  *n = shifted - ROUNDER;
  REAL high = x - *n * LN2;
  *r = PRECISE ? high - *n * T(LN2_LOW) : high;
  return F(bits_of)(shifted) - F(bits_of)(ROUNDER) + 2 * T(BIAS);
}

// eˣ = 2ⁿ·eʳ, where eʳ = 1 + r·result.
INLINE REAL F(exp_parts)(REAL x, REAL *r, BITS *biased) {
  REAL n, limited = x < T(LOWEST_EXPONENT) ? T(LOWEST_EXPONENT) : x;
  limited = limited > T(HIGHEST_EXPONENT) ? T(HIGHEST_EXPONENT) : limited;
  *biased = F(reduced)(limited, r, &n);
  return 1 + *r * POLYNOMIAL(*r, EXP);
}

INLINE REAL F(exp)(REAL x) {
  REAL r;
  BITS biased;
  REAL slope = F(exp_parts)(x, &r, &biased);
  return F(scaled)(1 + r * slope, biased);
}

// factor·eˣ, rounded once even if eˣ alone is subnormal.
INLINE REAL F(exp_times)(REAL factor, REAL x) {
  REAL r;
  BITS biased;
  REAL slope = F(exp_parts)(x, &r, &biased);
  return F(scaled)(factor + factor * r * slope, biased);
}

// The same for x ≤ 0, which takes fewer steps.
INLINE REAL F(exp_times_below_0)(REAL factor, REAL x) {
  REAL r, n;
  BITS biased = F(reduced)(x < T(LOWEST_EXPONENT) ? T(LOWEST_EXPONENT) : x, &r, &n);
  REAL slope = 1 + r * POLYNOMIAL(r, EXP);
  return F(scaled_down)(factor + factor * r * slope, biased);
}

INLINE REAL F(exp_below_0)(REAL x) { return F(exp_times_below_0)(1, x); }

INLINE REAL F(exp2)(REAL x) {
  REAL limited = x < -2 * T(BIAS) ? -2 * T(BIAS) : x;
  limited = limited > 2 * T(BIAS) ? 2 * T(BIAS) : limited;
  REAL shifted = limited + ROUNDER;
  REAL r = (limited - (shifted - ROUNDER)) * (REAL)0.69314718055994530942;
  REAL y = 1 + r * (1 + r * POLYNOMIAL(r, EXP));
  return F(scaled)(y, F(bits_of)(shifted) - F(bits_of)(ROUNDER) + 2 * T(BIAS));
}

// eˣ - 1 = 2ⁿ·(eʳ - 1) + (2ⁿ - 1)
INLINE REAL F(expm1)(REAL x) {
  REAL r, n, limited = x < T(LOWEST_EXPONENT) ? T(LOWEST_EXPONENT) : x;
  limited = limited > T(HIGHEST_EXPONENT) ? T(HIGHEST_EXPONENT) : limited;
  BITS biased = F(reduced)(limited, &r, &n);
  bool small = x < (REAL)0.5 && x > (REAL)-0.5;
  r = small ? x : r;
  REAL y = r + r * r * POLYNOMIAL(r, EXPM1);
  REAL below = F(scaled)(y, biased) + (F(scaled)(1, biased) - 1);
  REAL large = F(scaled)(1 + y, biased);
  return x == 0 ? x : small ? y : n > T(MANTISSA) + 1 ? large : below;
}

// Logarithms.

// ln(1 + f) + low for √½ ≤ 1 + f ≤ √2, less f.
INLINE REAL F(log_tail)(REAL f, REAL low) {
  REAL square = f * f;
  return square * f * POLYNOMIAL(f, LOG) - (square * (REAL)0.5 - low);
}

// f + tail + e·ln 2
INLINE REAL F(log_sum)(REAL f, REAL tail, REAL e) {
  return (f + (PRECISE ? tail + e * T(LN2_LOW) : tail)) + e * LN2;
}

// Splits x, a positive normal number, into (1 + f)·2ᵉ, where √½ ≤ 1 + f < √2.
INLINE REAL F(split)(REAL x, REAL *e) {
  const BITS root = F(bits_of)((REAL)0.70710678118654752440), one = (BITS)T(BIAS) << T(MANTISSA);
  BITS shifted = F(bits_of)(x) - root + one;
  // The bits of 2^MANTISSA + exponent.
  *e = F(of_bits)(shifted >> T(MANTISSA) | (BITS)(T(BIAS) + T(MANTISSA)) << T(MANTISSA)) -
       (REAL)(((BITS)1 << T(MANTISSA)) + T(BIAS));
  return F(of_bits)((shifted & (((BITS)1 << T(MANTISSA)) - 1)) + root) - 1;
}

INLINE REAL F(split_any)(REAL x, REAL *e) {
  bool tiny = x < T(SMALLEST_NORMAL);
  REAL f = F(split)(tiny ? x * ((BITS)1 << (T(MANTISSA) + 2)) : x, e);
  *e = tiny ? *e - (T(MANTISSA) + 2) : *e;
  return f;
}

// The value of a logarithm of x where it is not `result`.
INLINE REAL F(log_limits)(REAL x, REAL result) {
  return x > 0 ? (x - x == 0 ? result : x) : x == 0 ? -(REAL)INFINITY : (REAL)NAN;
}

INLINE REAL F(log)(REAL x) {
  REAL e, f = F(split_any)(x, &e);
  return F(log_limits)(x, F(log_sum)(f, F(log_tail)(f, 0), e));
}

// The logarithm of another base: e·log(2) + (high + low)·log(e), where `high` has few bits.
INLINE REAL F(log_of_base)(REAL x, REAL two_high, REAL two_low, REAL e_high, REAL e_low) {
  REAL e, f = F(split_any)(x, &e), tail = F(log_tail)(f, 0);
  REAL y = (f + tail) * (e_high + e_low) + e * (two_high + two_low);
  if (PRECISE) {
    REAL high = F(of_bits)(F(bits_of)(f + tail) & ~(((BITS)1 << (T(MANTISSA) / 2 + 1)) - 1));
    REAL low = (f - high) + tail, main = e * two_high, more = high * e_high, sum = main + more;
    REAL rest = (low + high) * e_low + low * e_high + e * two_low;
    y = sum + (((main - sum) + more) + rest);
  }
  return F(log_limits)(x, y);
}

INLINE REAL F(log2)(REAL x) { return F(log_of_base)(x, 1, 0, T(LOG2_E_HIGH), T(LOG2_E_LOW)); }

INLINE REAL F(log10)(REAL x) {
  return F(log_of_base)(x, T(LOG10_2_HIGH), T(LOG10_2_LOW), T(LOG10_E_HIGH), T(LOG10_E_LOW));
}

// ln(1 + x + low)
INLINE REAL F(log1p_of_parts)(REAL x, REAL low) {
  REAL u = 1 + x, e;
  if (!PRECISE) {
    bool small = x > (REAL)-0.29 && x < (REAL)0.41;
    REAL split = F(split)(small ? 1 : u > T(SMALLEST_NORMAL) ? u : 1, &e), f = small ? x : split;
    return F(log_sum)(f, F(log_tail)(f, 0), e);
  }
  REAL lost = (x < 1 ? x - (u - 1) : 1 - (u - x)) + low;
  REAL f = F(split)(u > T(SMALLEST_NORMAL) ? u : 1, &e);
  // 2⁻ᵉ
  REAL unit = F(of_bits)((BITS)(INT)(T(BIAS) - (e > T(BIAS) - 1 ? T(BIAS) - 1 : e)) << T(MANTISSA));
  lost *= unit;
  return F(log_sum)(f, F(log_tail)(f, lost - lost * f * (1 - f)), e);
}

INLINE REAL F(log1p)(REAL x) {
  REAL y = F(log1p_of_parts)(x, 0);
  return x > -1 ? (x - x == 0 ? (x == 0 ? x : y) : x) : x == -1 ? -(REAL)INFINITY : (REAL)NAN;
}

// Powers.

// ln x as a sum of two numbers, for positive finite x: 2·artanh(s), where s = f / (2 + f), and the products of
// the first terms are kept in two parts, too.
INLINE REAL F(log_parts)(REAL x, REAL *low) {
  REAL e, f = F(split_any)(x, &e);
  *low = 0;
  // The logarithm of a float is precise enough for powers that are halves.
  if (!PRECISE) return log_sum_of_float(f, log_tail_of_float(f, 0), e);
  REAL sum = 2 + f, inverse = 1 / sum, s = f * inverse;
  REAL s_low = (FMA(-s, sum, f) - s * (f - (sum - 2))) * inverse;
  REAL z = s * s, z_low = FMA(s, s, -z) + 2 * s * s_low;
  REAL more = z * POLYNOMIAL(z, ARTANH), third = T(TWO_THIRDS) + more;
  REAL third_low = (T(TWO_THIRDS) - third) + more + T(TWO_THIRDS_LOW);
  REAL t = z * third, t_low = FMA(z, third, -t) + (z * third_low + z_low * third);
  REAL v = s * t, v_low = FMA(s, t, -v) + (s * t_low + s_low * t);
  REAL main = 2 * s + v, main_low = (2 * s - main) + v + (v_low + 2 * s_low);
  REAL high = e * T(LN2_HIGH), y = high + main;
  *low = (high - y) + main + (main_low + e * T(LN2_LOW));
  return y;
}

INLINE REAL F(pow)(REAL a, REAL b) {
  REAL base = F(magnitude)(a), log_low, log = F(log_parts)(base, &log_low);
  REAL x = b * log, x_low = FMA(b, log, -x) + b * log_low;
  bool within = x > 2 * T(LOWEST_EXPONENT) && x < 2 * T(HIGHEST_EXPONENT);
  REAL r, n, limited = x < T(LOWEST_EXPONENT) ? T(LOWEST_EXPONENT) : x;
  limited = limited > T(HIGHEST_EXPONENT) ? T(HIGHEST_EXPONENT) : limited;
  BITS biased = F(reduced)(limited, &r, &n);
  if (PRECISE) r += within ? x_low : 0;
  REAL y = F(scaled)(1 + (r + r * r * POLYNOMIAL(r, EXPM1)), biased);
  // Bases of 0 and ∞, and infinite exponents.
  bool grows = (base > 1) == (b > 0);
  y = base == 0 || base - base != 0 || b - b != 0 ? (grows ? (REAL)INFINITY : 0) : y;
  // Negative bases, which whole exponents alone may have.
  bool whole = TRUNC(b) == b;
  bool odd = whole && TRUNC(b * (REAL)0.5) != b * (REAL)0.5;
  REAL negative = odd ? -y : whole || base - base != 0 || base == 0 ? y : (REAL)NAN;
  y = F(bits_of)(a) & T(SIGN) ? negative : y;
  return b == 0 || a == 1 || (a == -1 && b == b && b - b != 0) ? 1 : a == a && b == b ? y : (REAL)NAN;
}

// Trigonometric functions.

INLINE bool F(is_ordinary_angle)(REAL x) { return F(magnitude)(x) <= T(HIGHEST_ANGLE); }

// x = n·π/2 + r + low, with the integer n nearest to x / (π/2); returns n's low bits (Cody and Waite, 1980).
INLINE BITS F(quadrant)(REAL x, REAL *r, REAL *low) {
  REAL shifted = x * (REAL)0.63661977236758134308 + ROUNDER, n = shifted - ROUNDER;
  // This difference is exact.
  REAL a = FMA(-n, T(HALF_PI_1), x);
  REAL b = n * T(HALF_PI_2), b_low = FMA(n, T(HALF_PI_2), -b) + n * T(HALF_PI_3);
  REAL sum = a - b, part = sum - a;
  *r = sum;
  *low = ((a - (sum - part)) - (b + part)) - b_low;
  return F(bits_of)(shifted);
}

INLINE REAL F(sin_of_quadrant)(REAL r, REAL low, BITS quadrant) {
  REAL z = r * r;
  REAL sine = r + (r * z * POLYNOMIAL(z, SIN) + low);
  REAL cosine = 1 + (z * (z * POLYNOMIAL(z, COS) - (REAL)0.5) - r * low);
  REAL y = quadrant & 1 ? cosine : sine;
  return F(of_bits)(F(bits_of)(y) ^ (quadrant & 2) << (8 * sizeof(REAL) - 2));
}

INLINE REAL F(sin)(REAL x) {
  REAL r, low;
  BITS quadrant = F(quadrant)(x, &r, &low);
  return x == 0 ? x : F(sin_of_quadrant)(r, low, quadrant);
}

INLINE REAL F(cos)(REAL x) {
  REAL r, low;
  BITS quadrant = F(quadrant)(x, &r, &low);
  return F(sin_of_quadrant)(r, low, quadrant + 1);
}

INLINE REAL F(tan)(REAL x) {
  REAL r, low;
  BITS quadrant = F(quadrant)(x, &r, &low);
  REAL z = r * r, tail = r * z * POLYNOMIAL(z, TAN);
  tail += low * (1 + z);
  REAL y = r + tail, lost = (r - y) + tail;
  // -1 / (y + lost), with one step of Newton's method.
  REAL inverse = -1 / y;
  REAL turned = inverse + inverse * (FMA(inverse, y, (REAL)1) + inverse * lost);
  return x == 0 ? x : quadrant & 1 ? turned : y;
}

// Their inverses.

#define HALF_PI_HIGH T(HALF_PI_1)
#define HALF_PI_LOW T(HALF_PI_2)

// arcsin s = s + tail, where s = |x| for |x| ≤ ½, and else √((1 - |x|) / 2), from which the rest follows.
INLINE REAL F(asin_part)(REAL a, REAL *tail) {
  bool large = a > (REAL)0.5;
  REAL z = large ? (1 - a) * (REAL)0.5 : a * a;
  REAL s = large ? SQRT(z) : a;
  *tail = s * z * POLYNOMIAL(z, ASIN);
  return s;
}

INLINE REAL F(asin)(REAL x) {
  REAL a = F(magnitude)(x), tail, s = F(asin_part)(a, &tail);
  REAL left = HALF_PI_HIGH - 2 * s, lost = (HALF_PI_HIGH - left) - 2 * s;
  REAL large = left + (lost - (2 * tail - HALF_PI_LOW));
  return F(signed_as)(a > (REAL)0.5 ? large : s + tail, x);
}

INLINE REAL F(acos)(REAL x) {
  REAL a = F(magnitude)(x), tail, s = F(asin_part)(a, &tail), y = s + tail;
  REAL large = x > 0 ? 2 * y : 2 * (HALF_PI_HIGH - (y - HALF_PI_LOW));
  return a > (REAL)0.5 ? large : HALF_PI_HIGH - (F(signed_as)(y, x) - HALF_PI_LOW);
}

// arctan t for 0 ≤ t ≤ 1, or arctan 1/t
INLINE REAL F(atan_part)(REAL t, bool inverse) {
  REAL z = t * t, tail = t * z * POLYNOMIAL(z, ATAN);
  return inverse ? (HALF_PI_HIGH - t) - (tail - HALF_PI_LOW) : t + tail;
}

INLINE REAL F(atan)(REAL x) {
  REAL a = F(magnitude)(x);
  return F(signed_as)(F(atan_part)(a > 1 ? 1 / a : a, a > 1), x);
}

INLINE REAL F(atan2)(REAL y, REAL x) {
  REAL a = F(magnitude)(y), b = F(magnitude)(x);
  REAL low = a < b ? a : b, high = a < b ? b : a;
  REAL t = low == high ? (low == 0 ? 0 : 1) : low / high;
  REAL angle = F(atan_part)(t, a > b);
  angle = F(bits_of)(x) & T(SIGN) ? 2 * HALF_PI_HIGH - (angle - 2 * HALF_PI_LOW) : angle;
  return x == x && y == y ? F(signed_as)(angle, y) : x + y;
}

// Hyperbolic functions.

INLINE REAL F(sinh)(REAL x) {
  REAL a = F(magnitude)(x), z = a * a;
  // eᵃ / 2; e⁻ᵃ / 2 is a quarter of its inverse.
  REAL half = F(exp_times)((REAL)0.5, a);
  REAL y = a < (REAL)1.5 ? a + a * z * POLYNOMIAL(z, SINH) : half - (REAL)0.25 / half;
  return F(signed_as)(y, x);
}

INLINE REAL F(cosh)(REAL x) {
  REAL half = F(exp_times)((REAL)0.5, F(magnitude)(x));
  return half + (REAL)0.25 / half;
}

// 1 - 2 / (e²ˣ + 1), and near 0 a polynomial.
INLINE REAL F(tanh)(REAL x) {
  REAL a = F(magnitude)(x), z = a * a;
  REAL large = 1 - 2 / (F(exp)(2 * a) + 1);
  return F(signed_as)(a < (REAL)0.55 ? a + a * z * POLYNOMIAL(z, TANH) : large, x);
}

// ln(a + √(a² ± 1)) for large a, where it is ln(2a).
INLINE REAL F(log_of_twice)(REAL a) {
  REAL e, f = F(split_any)(a, &e);
  e += 1;
  REAL y = F(log_sum)(f, F(log_tail)(f, 0), e);
  return a - a == 0 ? y : a;
}

INLINE REAL F(asinh)(REAL x) {
  REAL a = F(magnitude)(x);
  bool large = a > T(HUGE_ARGUMENT);
  REAL square = large ? 1 : a * a;
  // a + √(a² + 1) - 1
  REAL more = square / (1 + SQRT(square + 1)), sum = a + more;
  REAL y = F(log1p_of_parts)(sum, a < more ? (more - sum) + a : (a - sum) + more);
  REAL huge = F(log_of_twice)(a);
  y = large ? huge : y;
  return x == x ? (x == 0 ? x : F(signed_as)(y, x)) : x;
}

INLINE REAL F(acosh)(REAL x) {
  bool large = x > T(HUGE_ARGUMENT);
  REAL t = large ? 1 : x - 1, square = FMA(t, t, 2 * t);
  REAL root = SQRT(square), sum = t + root;
  // What the square and its root rounded off.
  REAL lost = FMA(t, t, 2 * t - square) + FMA(-root, root, square);
  REAL low = t == 0 ? 0 : lost / (2 * root);
  REAL y = F(log1p_of_parts)(sum, ((root - sum) + t) + low), huge = F(log_of_twice)(x);
  return x >= 1 ? (large ? huge : y) : (REAL)NAN;
}

// ½·ln(1 + 2a / (1 - a)), where 2a / (1 - a) = 2a + 2a·a / (1 - a).
INLINE REAL F(atanh)(REAL x) {
  REAL a = F(magnitude)(x), more = 2 * a * a / (1 - a), sum = 2 * a + more;
  REAL y = (REAL)0.5 * F(log1p_of_parts)(sum, (2 * a - sum) + more);
  y = a < 1 ? y : a == 1 ? (REAL)INFINITY : (REAL)NAN;
  return x == 0 ? x : F(signed_as)(y, x);
}

// The error function; erf and gelu with the short ones of the sums below, erfc with the long ones.

// e^-(scale·x²) = 2ⁿ·(1 + result), for a power of 2 as the scale.
INLINE REAL F(gaussian)(REAL x, REAL scale, BITS *biased) {
  REAL scaled = -scale * x, shifted = scaled * x * (REAL)1.44269504088896340736 + ROUNDER;
  REAL n = shifted - ROUNDER, r = FMA(scaled, x, -(n * LN2));
  *biased = F(bits_of)(shifted) - F(bits_of)(ROUNDER) + 2 * T(BIAS);
  if (PRECISE) r -= n * T(LN2_LOW);
  return r * (1 + r * POLYNOMIAL(r, EXP));
}

// erfc(a) for a ≥ 0.75, within 1 ulp; within 4 with terms that are `exact` left out.
INLINE REAL F(erfc_of_large)(REAL a, bool exact) {
  REAL limited = a > T(HIGHEST_ERFC) ? T(HIGHEST_ERFC) : a, sum = limited + P(ERFC_K);
  REAL inverse = 1 / sum, t = 1 - 2 * P(ERFC_K) * inverse;
  REAL rest = F(polynomial)(t, P(ERFC) + 1, sizeof P(ERFC) / sizeof(REAL) - 1);
  REAL y = t * rest + P(ERFC)[0], factor = inverse * y, low = 0;
  if (exact) {
    // An error of `inverse` changes t, too.
    REAL error = FMA(-inverse, sum, (REAL)1) - (limited - (sum - P(ERFC_K))) * inverse;
    REAL y_low = FMA(t, rest, P(ERFC)[0] - y) + y * (error * POLYNOMIAL(inverse, ERFC_SLOPE));
    low = FMA(inverse, y, -factor) + inverse * y_low;
  }
  BITS biased;
  REAL more = F(gaussian)(limited, 1, &biased);
  return F(scaled_down)(factor + (factor * more + low), biased);
}

INLINE REAL F(erf)(REAL x) {
  REAL a = F(magnitude)(x), small = a + a * POLYNOMIAL(a * a, ERF);
  REAL large = 1 - F(erfc_of_large)(a, false);
  return x == x ? F(signed_as)(a < (REAL)1.125 ? small : large, x) : x;
}

INLINE REAL F(erfc)(REAL x) {
  REAL a = F(magnitude)(x), rest = 1 - x, lost = (1 - rest) - x;
  REAL small = rest + (lost - x * POLYNOMIAL(x * x, ERF)), large = F(erfc_of_large)(a, PRECISE);
  large = x < 0 ? 2 - large : large;
  return a < (REAL)0.75 ? small : x == x ? large : x;
}

// x·Φ(-x) for x ≥ 0, where gelu(-x) = -x·Φ(-x).
INLINE REAL F(gelu_tail)(REAL x) {
  const REAL limit = T(HIGHEST_ERFC) * (REAL)1.42;
  REAL limited = x > limit ? limit : x;
  REAL w = limited / (limited + P(GELU_K)), factor = w * POLYNOMIAL(2 * w - 1, GELU);
  BITS biased;
  REAL more = F(gaussian)(limited, (REAL)0.5, &biased);
  return F(scaled_down)(factor + factor * more, biased);
}

// Φ(x) + x·φ(x): for negative x this is Φ(-|x|) - |x|·φ(x), for others 1 minus that.
INLINE REAL F(gelu_derivative)(REAL x) {
  const REAL limit = T(HIGHEST_ERFC) * (REAL)1.42;
  REAL a = F(magnitude)(x), limited = a > limit ? limit : a;
  REAL inverse = 1 / (limited + P(GELU_K)), t = 2 * limited * inverse - 1;
  REAL factor = inverse * POLYNOMIAL(t, GELU) - limited * (REAL)0.39894228040143267794;
  BITS biased;
  REAL more = F(gaussian)(limited, (REAL)0.5, &biased);
  REAL below = F(scaled_down)(factor + factor * more, biased);
  return x < 0 ? below : x == x ? 1 - below : x;
}

// The remainder of division.

INLINE bool F(is_ordinary_quotient)(REAL a, REAL b) {
  return F(magnitude)(a / b) < (REAL)((BITS)1 << T(MANTISSA)) && b - b == 0;
}

// The quotient is rounded, so that it may be 1 too large.
INLINE REAL F(fmod)(REAL a, REAL b) {
  REAL rest = FMA(-TRUNC(a / b), b, a), size = F(magnitude)(b);
  rest = rest == 0 || (rest < 0) == (a < 0) ? rest : rest + (a < 0 ? -size : size);
  return F(signed_as)(F(magnitude)(rest), a);
}

#undef REAL
#undef INT
#undef BITS
#undef F
#undef T
#undef P
#undef PRECISE
#undef POLYNOMIAL
#undef ROUNDER
#undef LN2
#undef HALF_PI_HIGH
#undef HALF_PI_LOW
