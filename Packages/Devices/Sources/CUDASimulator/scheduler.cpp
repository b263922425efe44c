// The threads of a block as fibers: each runs until it waits at a barrier or ends. Blocks run one after the
// other.

#include "scheduler.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "memory.h"

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace {
enum class State { ready, waits_for_warp, waits_for_block, done };

enum { WARP = 32, STACK = 256 * 1024 };

struct Fiber {
  jmp_buf context;
  ucontext_t start;
  State state;
  bool has_started;
  dim3 index;
};

Fiber *fibers;
unsigned fiber_count;
Fiber *current;
jmp_buf scheduler;
jmp_buf fault;
std::string failure;
const Launch *running;
// The values that the threads of each warp exchange.
unsigned shuffled[1024];

std::string place(const dim3 &p) {
  return "(" + std::to_string(p.x) + ", " + std::to_string(p.y) + ", " + std::to_string(p.z) + ")";
}

std::string here() {
  return "kernel " + running->kernel->name + ", block " + place(blockIdx) + ", thread " +
         place(threadIdx);
}

void run_fibers() {
  for (;;) {
    running->kernel->call(running->kernel->function, running->parameters);
    current->state = State::done;
    if (!_setjmp(current->context)) _longjmp(scheduler, 1);
  }
}

void prepare_fibers(unsigned count) {
  if (!fibers) fibers = (Fiber *)calloc(1024, sizeof(Fiber));
  for (; fiber_count < count; fiber_count++) {
    Fiber &fiber = fibers[fiber_count];
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp =
        mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fiber.start.uc_stack.ss_size = STACK;
    fiber.start.uc_link = nullptr;
  }
}

void resume(Fiber &fiber) {
  current = &fiber;
  threadIdx = fiber.index;
  if (_setjmp(scheduler)) return;
  if (fiber.has_started) _longjmp(fiber.context, 1);
  fiber.has_started = true;
  makecontext(&fiber.start, run_fibers, 0);
  setcontext(&fiber.start);
}

void wait(State state) {
  current->state = state;
  if (!_setjmp(current->context)) _longjmp(scheduler, 1);
}

/// Ends the kernel from within a thread.
[[noreturn]] void fail(const std::string &text) {
  failure = text;
  _longjmp(fault, 1);
}

void catch_fault(int, siginfo_t *info, void *context) {
  bool writes = false;
#if defined(__x86_64__) && defined(__linux__)
  writes = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2;
#endif
  fail(here() + (writes ? ": writes " : ": reads ") + describe_address(info->si_addr));
}

/// Releases the threads at barriers that all have reached. Returns whether any thread can continue.
bool open_barriers(unsigned count) {
  bool any = false;
  unsigned at_block = 0;
  for (unsigned first = 0; first < count; first += WARP) {
    unsigned last = first + WARP < count ? first + WARP : count, waiting = 0, gone = 0;
    for (unsigned i = first; i < last; i++) {
      waiting += fibers[i].state == State::waits_for_warp;
      at_block += fibers[i].state == State::waits_for_block;
      gone += fibers[i].state == State::done;
    }
    if (waiting > 0 && waiting + gone == last - first) {
      for (unsigned i = first; i < last; i++) {
        if (fibers[i].state == State::waits_for_warp) fibers[i].state = State::ready;
      }
      any = true;
    }
  }
  if (any || at_block == 0) return any;
  if (at_block < count) {
    failure = "kernel " + running->kernel->name + ", block " + place(blockIdx) + ": " +
              std::to_string(at_block) + " of " + std::to_string(count) +
              " threads wait at __syncthreads, which the others never reach";
    return false;
  }
  for (unsigned i = 0; i < count; i++) fibers[i].state = State::ready;
  return true;
}

void run_block(Order order) {
  unsigned count = blockDim.x * blockDim.y * blockDim.z;
  for (unsigned i = 0; i < count; i++) {
    fibers[i].state = State::ready;
    fibers[i].index = {
        i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y)};
  }
  do {
    for (unsigned i = 0; i < count; i++) {
      Fiber &fiber = fibers[order == Order::forwards ? i : count - 1 - i];
      if (fiber.state == State::ready) resume(fiber);
    }
  } while (open_barriers(count));
}

void run_blocks(const Launch &launch, Order order, unsigned char poison) {
  unsigned long count = (unsigned long)launch.grid.x * launch.grid.y * launch.grid.z;
  for (unsigned long k = 0; k < count && failure.empty(); k++) {
    unsigned long i = order == Order::forwards ? k : count - 1 - k;
    blockIdx = {
        (unsigned)(i % launch.grid.x), (unsigned)(i / launch.grid.x % launch.grid.y),
        (unsigned)(i / launch.grid.x / launch.grid.y)};
    const Kernel &kernel = *launch.kernel;
    if (kernel.shared_begin) {
      memset(kernel.shared_begin, poison, kernel.shared_end - kernel.shared_begin);
    }
    run_block(order);
  }
}
}  // namespace

std::string run(const Launch &launch, Order order, unsigned char poison) {
  running = &launch;
  gridDim = launch.grid;
  blockDim = launch.block;
  failure.clear();
  prepare_fibers(launch.block.x * launch.block.y * launch.block.z);
  struct sigaction action = {}, before_segv, before_bus;
  action.sa_sigaction = catch_fault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &before_segv);
  sigaction(SIGBUS, &action, &before_bus);
  if (!_setjmp(fault)) {
    run_blocks(launch, order, poison);
  }
  // Fibers that were stopped midway start over in the next launch.
  if (!failure.empty()) {
    for (unsigned i = 0; i < fiber_count; i++) fibers[i].has_started = false;
  }
  sigaction(SIGSEGV, &before_segv, nullptr);
  sigaction(SIGBUS, &before_bus, nullptr);
  return failure;
}

void __syncthreads() { wait(State::waits_for_block); }

void __syncwarp() { wait(State::waits_for_warp); }

unsigned __shfl_down_sync(unsigned mask, unsigned value, int distance) {
  if (mask != 0xffffffffu) fail(here() + ": a shuffle without all threads of the warp");
  unsigned thread = current - fibers, lane = thread % WARP;
  shuffled[thread] = value;
  __syncwarp();
  unsigned other = lane + distance < WARP ? shuffled[thread + distance] : value;
  __syncwarp();
  return other;
}

void check_aligned(const void *pointer, unsigned long size) {
  if ((uintptr_t)pointer % size == 0) return;
  fail(here() + ": four elements at once from " + describe_address(pointer) + ", which is not " +
       "a multiple of " + std::to_string(size));
}
