#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Evenly spaced numbers: start + (i + shift)·step. Integers beyond 2⁵³ need the integer start and step.
typedef struct {
  double start, step;
  int64_t whole_start, whole_step;
  bool is_whole;
  int64_t shift;
} Ramp;
