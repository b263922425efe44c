#pragma once
#include <string>

#include "scheduler.h"

/// Runs a kernel in two orders, and looks at what a GPU would let pass: places that it was not given, results
/// that depend on the order of threads or on memory that was never written. Returns what is wrong with it, or
/// an empty text.
std::string run_checked(const Launch &launch);
