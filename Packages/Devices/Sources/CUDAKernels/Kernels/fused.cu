// A chain of element-wise operations in one pass: every step for a tile of elements, before the next tile. Results that
// only later steps need stay in slots of shared memory, where each thread reads what it has written itself.

#include "operations.cuh"

enum {
  TILE_ELEMENTS = FUSED_BYTES / (int)sizeof(S),
  SLOT_BYTES = FUSED_BYTES * LAUNCH_BLOCK,
};

/// The elements of an operand in a tile, or one number.
template <class E>
struct Elements {
  E *first;
  E number;
  E operator[](int place) const { return first ? first[place] : number; }
};

struct Tile {
  char *slots;
  int64_t begin, end;

  template <class E>
  Elements<E> elements(const FusedOperand &operand) const {
    if (operand.slot >= 0) return {(E *)(slots + operand.slot * SLOT_BYTES), E()};
    if (!operand.data) return {nullptr, *(const E *)(const void *)&operand.number};
    if (operand.stride == 0) return {nullptr, *(const E *)operand.data};
    return {(E *)operand.data + begin, E()};
  }

  /// Calls f with each place that this thread has in the tile.
  template <class F>
  void for_each(F f) const {
#pragma unroll 1
    for (int k = 0; k < TILE_ELEMENTS; k++) {
      int place = k * LAUNCH_BLOCK + threadIdx.x;
      if (begin + place < end) f(place);
    }
  }

  template <class R, class F>
  void map(const FusedStep &step, F f) const {
    Elements<R> y = elements<R>(step.operands[0]);
    Elements<S> x = elements<S>(step.operands[1]);
    for_each([&](int place) { y.first[place] = f(x[place]); });
  }

  template <class R, class F>
  void map_pairs(const FusedStep &step, F f) const {
    Elements<R> y = elements<R>(step.operands[0]);
    Elements<S> a = elements<S>(step.operands[1]), b = elements<S>(step.operands[2]);
    for_each([&](int place) { y.first[place] = f(a[place], b[place]); });
  }

  void select(const FusedStep &step) const {
    Elements<S> y = elements<S>(step.operands[0]);
    Elements<bool> condition = elements<bool>(step.operands[1]);
    Elements<S> a = elements<S>(step.operands[2]), b = elements<S>(step.operands[3]);
    for_each([&](int place) { y.first[place] = condition[place] ? a[place] : b[place]; });
  }
};

#define RUN_UNARY(name, ...)                                           \
  case UnaryOperation_##name:                                          \
    return tile.map<S>(step, Unary_##name{(T)step.p, (T)step.q});
#define RUN_BINARY(name, ...)    \
  case BinaryOperation_##name:   \
    return tile.map_pairs<S>(step, Binary_##name());
#define RUN_COMPARISON(name, ...) \
  case Comparison_##name:         \
    return tile.map_pairs<bool>(step, Compare_##name());
#define RUN_TEST(name, ...) \
  case ElementTest_##name:  \
    return tile.map<bool>(step, Test_##name());

inline void run_unary(const Tile &tile, const FusedStep &step) {
  switch (step.operation) { UNARY_OPERATIONS(RUN_UNARY) }
}

inline void run_binary(const Tile &tile, const FusedStep &step) {
  switch (step.operation) { BINARY_OPERATIONS(RUN_BINARY) }
}

inline void run_comparison(const Tile &tile, const FusedStep &step) {
  switch (step.operation) { FLAMBEAU_COMPARISONS(RUN_COMPARISON) }
}

inline void run_test(const Tile &tile, const FusedStep &step) {
  switch (step.operation) { FLAMBEAU_TESTS(RUN_TEST) }
}

KERNEL(fused, const FusedLaunch launch) {
  __shared__ __align__(16) char slots[FUSED_SLOTS * SLOT_BYTES];
  int64_t size = TILE_ELEMENTS * LAUNCH_BLOCK;
  for (int64_t begin = blockIdx.x * size; begin < launch.count; begin += gridDim.x * size) {
    Tile tile = {slots, begin, launch.count};
#pragma unroll 1
    for (int number = 0; number < launch.steps; number++) {
      const FusedStep &step = launch.step[number];
      switch (step.kind) {
        case FUSED_UNARY: run_unary(tile, step); break;
        case FUSED_BINARY: run_binary(tile, step); break;
        case FUSED_COMPARISON: run_comparison(tile, step); break;
        case FUSED_TEST: run_test(tile, step); break;
        case FUSED_SELECT: tile.select(step); break;
      }
    }
  }
}
