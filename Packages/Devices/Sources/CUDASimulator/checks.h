#pragma once
#include <string>

#include "scheduler.h"

/// Runs a kernel in two orders, and checks for errors that a GPU would not report: accesses outside of its arguments'
/// memory, and results that depend on the order of threads or on unwritten memory. Returns a description of the error,
/// or an empty string.
std::string run_checked(const Launch &launch);
