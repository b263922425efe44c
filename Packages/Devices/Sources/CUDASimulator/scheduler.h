#pragma once
#include <string>

#include "device.h"

/// A kernel with its parameters, ready to run.
struct Launch {
  const Kernel *kernel;
  void *const *parameters;
  dim3 grid, block;
};

/// In which order blocks, and the threads between two barriers, run.
enum class Order { forwards, backwards };

/// Runs all threads of a launch. Returns what went wrong, or an empty text.
///
/// `poison` is what memory that blocks share holds at first.
std::string run(const Launch &launch, Order order, unsigned char poison);
