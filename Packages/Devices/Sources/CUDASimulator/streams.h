#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "api.h"

/// Work that a stream does when its turn comes.
typedef std::function<CUresult()> Work;

/// Adds work to a stream, or to the graph that it captures.
CUresult add(CUstream stream, Work work);
/// Does all work of a stream, or of all streams, and returns what went wrong.
CUresult run_all(CUstream stream);
CUresult run_all();
/// What went wrong goes wrong with all that follows, as on a GPU.
CUresult fail(CUresult error, const std::string &report);
CUresult failure();
