// Streams, events and graphs. Work is deferred until it is waited for: the simulator does as late as possible what a
// GPU may do late.

#include "streams.h"

#include <time.h>

#include <set>

#include <CUDASimulator.h>

std::recursive_mutex mutex;

struct CUgraph_st {
  std::vector<Work> works;
};

struct CUgraphExec_st {
  std::vector<Work> works;
};

struct CUstream_st {
  std::deque<Work> queue;
  /// The numbers of work items added and done so far.
  uint64_t added = 0, done = 0;
  /// The graph that receives the work during a capture.
  CUgraph capture = nullptr;
  // A stream is never destroyed, since events refer to it.
};

/// A point in a stream's work, and the time at which it was reached.
struct CUevent_st {
  CUstream stream = nullptr;
  uint64_t number = 0;
  double milliseconds = 0;
};

namespace {
/// The largest number of work items that a stream defers.
const size_t LONGEST = 256;

CUresult sticky = CUDA_SUCCESS;
std::string report;

std::set<CUstream> &streams() {
  static std::set<CUstream> all;
  return all;
}

/// The stream of a handle; null is the default stream.
CUstream stream_of(CUstream handle) {
  static CUstream own = *streams().insert(new CUstream_st()).first;
  return handle ? handle : own;
}

CUresult run_up_to(CUstream stream, uint64_t number) {
  while (stream->done < number) {
    Work work = std::move(stream->queue.front());
    stream->queue.pop_front();
    stream->done++;
    if (sticky == CUDA_SUCCESS) sticky = work();
  }
  return sticky;
}
}  // namespace

CUresult add(CUstream handle, Work work) {
  CUstream stream = stream_of(handle);
  if (sticky != CUDA_SUCCESS) return sticky;
  if (stream->capture) {
    stream->capture->works.push_back(std::move(work));
    return CUDA_SUCCESS;
  }
  stream->queue.push_back(std::move(work));
  stream->added++;
  return stream->queue.size() > LONGEST ? run_up_to(stream, stream->added - LONGEST / 2)
                                        : CUDA_SUCCESS;
}

CUresult run_all(CUstream handle) {
  CUstream stream = stream_of(handle);
  return run_up_to(stream, stream->added);
}

CUresult run_all() {
  stream_of(nullptr);
  for (CUstream stream : streams()) run_up_to(stream, stream->added);
  return sticky;
}

CUresult fail(CUresult error, const std::string &text) {
  report = text;
  return sticky = error;
}

CUresult failure() { return sticky; }

const char *flambeau_simulator_report(void) { return report.c_str(); }

CUresult cuStreamCreate(CUstream *stream, unsigned) {
  Locked lock(mutex);
  *stream = new CUstream_st();
  streams().insert(*stream);
  return sticky;
}

CUresult cuStreamSynchronize(CUstream stream) {
  Locked lock(mutex);
  if (stream_of(stream)->capture) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return run_all(stream);
}

CUresult cuStreamQuery(CUstream handle) {
  Locked lock(mutex);
  CUstream stream = stream_of(handle);
  if (stream->queue.empty()) return sticky;
  // Each query makes progress by one work item, so that polling terminates.
  run_up_to(stream, stream->done + 1);
  return sticky != CUDA_SUCCESS ? sticky : CUDA_ERROR_NOT_READY;
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
  Locked lock(mutex);
  if (!event->stream) return sticky;
  CUstream other = event->stream;
  uint64_t number = event->number;
  return add(stream, [other, number] { return run_up_to(other, number); });
}

CUresult cuStreamBeginCapture_v2(CUstream handle, int) {
  Locked lock(mutex);
  CUstream stream = stream_of(handle);
  if (!handle || stream->capture) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  stream->capture = new CUgraph_st();
  return sticky;
}

CUresult cuStreamEndCapture(CUstream handle, CUgraph *graph) {
  Locked lock(mutex);
  CUstream stream = stream_of(handle);
  if (!stream->capture) return CUDA_ERROR_INVALID_VALUE;
  *graph = stream->capture;
  stream->capture = nullptr;
  return sticky;
}

CUresult cuEventCreate(CUevent *event, unsigned) {
  Locked lock(mutex);
  *event = new CUevent_st();
  return sticky;
}

CUresult cuEventDestroy_v2(CUevent event) {
  Locked lock(mutex);
  if (event->stream) run_up_to(event->stream, event->number);
  delete event;
  return sticky;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
  Locked lock(mutex);
  CUresult result = add(stream, [event] {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    event->milliseconds = now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
    return CUDA_SUCCESS;
  });
  event->stream = stream_of(stream);
  event->number = event->stream->added;
  return result;
}

CUresult cuEventSynchronize(CUevent event) {
  Locked lock(mutex);
  return event->stream ? run_up_to(event->stream, event->number) : sticky;
}

CUresult cuEventQuery(CUevent event) {
  Locked lock(mutex);
  if (!event->stream || event->stream->done >= event->number) return sticky;
  run_up_to(event->stream, event->stream->done + 1);
  return sticky != CUDA_SUCCESS ? sticky : CUDA_ERROR_NOT_READY;
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  Locked lock(mutex);
  for (CUevent event : {start, end}) {
    if (!event->stream) return CUDA_ERROR_INVALID_HANDLE;
    if (event->stream->done < event->number) return CUDA_ERROR_NOT_READY;
  }
  *milliseconds = (float)(end->milliseconds - start->milliseconds);
  return sticky;
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
  Locked lock(mutex);
  *executable = new CUgraphExec_st{graph->works};
  return sticky;
}

CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  Locked lock(mutex);
  for (const Work &work : executable->works) {
    if (CUresult result = add(stream, work)) return result;
  }
  return sticky;
}

CUresult cuGraphExecDestroy(CUgraphExec executable) {
  Locked lock(mutex);
  run_all();
  delete executable;
  return sticky;
}

CUresult cuGraphDestroy(CUgraph graph) {
  Locked lock(mutex);
  delete graph;
  return sticky;
}
