#include "include/COperations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME(name, ...) #name,
#define IS_FLOATING_POINT(name, ...) [DType_##name] = true,

const char *flambeau_unary_name(UnaryOperation operation) {
  static const char *const names[] = {
      FLAMBEAU_UNARY_ARITHMETIC(NAME) FLAMBEAU_UNARY_INTEGER(NAME) FLAMBEAU_UNARY_FLOAT(NAME)};
  return names[operation];
}

const char *flambeau_binary_name(BinaryOperation operation) {
  static const char *const names[] = {
      FLAMBEAU_BINARY_ARITHMETIC(NAME) FLAMBEAU_BINARY_DIVISION(NAME)
      FLAMBEAU_BINARY_INTEGER(NAME) FLAMBEAU_BINARY_FLOAT(NAME)};
  return names[operation];
}

const char *flambeau_comparison_name(Comparison comparison) {
  static const char *const names[] = {FLAMBEAU_COMPARISONS(NAME)};
  return names[comparison];
}

const char *flambeau_test_name(ElementTest test) {
  static const char *const names[] = {FLAMBEAU_TESTS(NAME)};
  return names[test];
}

const char *flambeau_reduction_name(Reduction reduction) {
  static const char *const names[] = {FLAMBEAU_REDUCTIONS(NAME)};
  return names[reduction];
}

const char *flambeau_optimizer_name(OptimizerRule rule) {
  static const char *const names[] = {FLAMBEAU_OPTIMIZER_RULES(NAME)};
  return names[rule];
}

const char *flambeau_dtype_name(DType dtype) {
  static const char *const names[] = {FLAMBEAU_DTYPES(NAME)};
  return names[dtype];
}

bool flambeau_dtype_is_floating_point(DType dtype) {
  static const bool is_floating_point[FLAMBEAU_DTYPE_COUNT] = {
      FLAMBEAU_FLOAT_DTYPES(IS_FLOATING_POINT)};
  return is_floating_point[dtype];
}

void flambeau_stop_without_kernel(const char *operation, DType dtype) {
  static const char prefix[] = "flambeau_";
  if (strncmp(operation, prefix, sizeof prefix - 1) == 0) operation += sizeof prefix - 1;
  fprintf(
      stderr, "Fatal error: %s: a tensor of %s has no such operation; convert it with to(_:)\n",
      operation, flambeau_dtype_name(dtype));
  abort();
}

bool flambeau_is_total(Reduction reduction, long *start) {
  switch (reduction) {
#define TOTAL(name, element, JOIN, START, ...) \
  case Reduction_##name:                       \
    *start = START;                            \
    return true;
    FLAMBEAU_TOTALS(TOTAL)
#undef TOTAL
  default: return false;
  }
}

#define TOTAL(name, element, JOIN, ...) \
  case Reduction_##name: {              \
    T next = element;                   \
    JOIN(total, next);                  \
    break;                              \
  }
double flambeau_joined_total(Reduction reduction, double total, double x, double c) {
  typedef double T;
  switch (reduction) {
    FLAMBEAU_TOTALS(TOTAL)
  default: break;
  }
  return total;
}

int64_t flambeau_joined_whole_total(Reduction reduction, int64_t sum, int64_t element) {
  // Unsigned, since signed overflow is undefined.
  typedef uint64_t T;
  T total = (T)sum, x = (T)element, c = 0;
  switch (reduction) {
    FLAMBEAU_TOTALS(TOTAL)
  default: break;
  }
  return (int64_t)total;
}
#undef TOTAL
