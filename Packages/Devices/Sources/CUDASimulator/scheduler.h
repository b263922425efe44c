#pragma once
#include <string>

#include "device.h"

/// A kernel with its parameters, ready to run.
struct Launch {
  const Kernel *kernel;
  void *const *parameters;
  dim3 grid, block;
};

/// The order in which blocks, and the threads between two barriers, run.
enum class Order { forwards, backwards };

/// Runs all threads of a launch. Returns a description of the error, or an empty string.
///
/// Shared memory is initially filled with `poison`.
std::string run(const Launch &launch, Order order, unsigned char poison);
