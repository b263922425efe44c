#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Numbers at equal distances: start + (i + shift)·step. Whole numbers beyond 2⁵³ need a whole start and step.
typedef struct {
  double start, step;
  int64_t whole_start, whole_step;
  bool is_whole;
  int64_t shift;
} Ramp;
