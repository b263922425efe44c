#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "api.h"

/// A work item of a stream.
typedef std::function<CUresult()> Work;

/// Adds work to a stream, or to the graph being captured.
CUresult add(CUstream stream, Work work);
/// Runs all work of a stream, or of all streams, and returns the first error.
CUresult run_all(CUstream stream);
CUresult run_all();
/// Reports an error, which is sticky: all later calls fail with it, as on a GPU.
CUresult fail(CUresult error, const std::string &report);
CUresult failure();
