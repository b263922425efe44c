// Reductions over any dims. If there are few results, each is computed in several parts, which a second
// kernel joins. The result is deterministic.

#include "groups.cuh"

/// An element and its index along the dim.
struct Placed {
  T value;
  int64_t place;
};

/// The first of the best elements, or the first NaN.
template <class M>
struct First {
  static Placed first() { return {M::first(), INT64_MAX}; }
  static void join(Placed &best, Placed x) {
    T joined = best.value;
    M::join(joined, x.value);
    bool is_better = !is_nan(best.value) && joined != best.value;
    bool is_as_good = is_nan(best.value) ? is_nan(x.value) : joined == x.value;
    if (is_better || (is_as_good && x.place < best.place)) best = x;
  }
};

/// A reduction: how an element, given the center of its result, is loaded, and how a total is stored.
template <class J>
struct Extreme {
  typedef J Join;
  typedef T A;
  typedef S R;
  static A load(S x, int64_t place, double center) { return LOAD(x); }
  static R store(A total, const ReductionTerms &terms) { return STORE(total); }
};
#if HAS_TOTALS
inline Total finished(Total total, const ReductionTerms &terms) {
#if IS_FLOAT
  total /= terms.divisor;
  if (terms.takes_root) total = sqrt(total);
#endif
  return total;
}
// The totals of the table.
#define RESULT_own S
#define RESULT_wide Total
#define STORED_own(x) STORE(x)
#define STORED_wide(x) x
#define TOTAL(name, element, JOIN, START, result, wholes)                       \
  struct Reduce_##name {                                                        \
    struct Join {                                                               \
      static Total first() { return START; }                                    \
      static void join(Total &total, Total x) { JOIN(total, x); }               \
    };                                                                          \
    typedef Total A;                                                            \
    typedef RESULT_##result R;                                                  \
    static A load(S value, int64_t place, double c) {                           \
      Total x = (Total)LOAD(value);                                             \
      return element;                                                           \
    }                                                                           \
    static R store(A total, const ReductionTerms &terms) {                      \
      return STORED_##result(finished(total, terms));                           \
    }                                                                           \
  };
FLAMBEAU_TOTALS(TOTAL)
#endif
template <class J>
struct PlaceOf {
  typedef First<J> Join;
  typedef Placed A;
  typedef int64_t R;
  static A load(S x, int64_t place, double center) { return {LOAD(x), place}; }
  static R store(A total, const ReductionTerms &terms) { return total.place; }
};

/// Each block computes a part of one result at a time.
template <class W>
inline void reduce_rows(const ReductionLaunch &launch, char *shared) {
  typedef typename W::A A;
  Group<LAUNCH_BLOCK> group = {shared};
  int64_t part = blockIdx.y, parts = launch.parts, n = launch.gone.count;
  int64_t begin = n / parts * part + (part < n % parts ? part : n % parts);
  int64_t end = begin + n / parts + (part < n % parts);
  for (int64_t row = blockIdx.x; row < launch.kept.count; row += gridDim.x) {
    const S *x = (const S *)launch.x + seek(launch.kept, row);
    double center = launch.terms.centers ? launch.terms.centers[row] : 0;
    A total = W::Join::first();
    for (int64_t i = begin + threadIdx.x; i < end; i += LAUNCH_BLOCK) {
      W::Join::join(total, W::load(x[seek(launch.gone, i)], i, center));
    }
    total = group.template join<typename W::Join>(total);
    if (threadIdx.x > 0) continue;
    if (parts == 1) {
      ((typename W::R *)launch.y)[row] = W::store(total, launch.terms);
    } else {
      ((A *)launch.partial)[part * launch.kept.count + row] = total;
    }
  }
}

/// For adjacent columns: each thread of a warp handles one, and the warps of a block share the rows.
template <class W>
inline void reduce_columns(const ReductionLaunch &launch, char *shared) {
  typedef typename W::A A;
  A(*totals)[WARP] = (A(*)[WARP])shared;
  int64_t part = blockIdx.y, parts = launch.parts, n = launch.gone.count;
  int64_t begin = n / parts * part + (part < n % parts ? part : n % parts);
  int64_t end = begin + n / parts + (part < n % parts);
  int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  int64_t blocks = (launch.kept.count + WARP - 1) / WARP;
  for (int64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    int64_t column = block * WARP + lane;
    A total = W::Join::first();
    if (column < launch.kept.count) {
      const S *x = (const S *)launch.x + seek(launch.kept, column);
      double center = launch.terms.centers ? launch.terms.centers[column] : 0;
      for (int64_t i = begin + warp; i < end; i += WARPS) {
        W::Join::join(total, W::load(x[seek(launch.gone, i)], i, center));
      }
    }
    totals[warp][lane] = total;
    __syncthreads();
    if (warp == 0 && column < launch.kept.count) {
      for (int k = 1; k < WARPS; k++) W::Join::join(total, totals[k][lane]);
      if (parts == 1) {
        ((typename W::R *)launch.y)[column] = W::store(total, launch.terms);
      } else {
        ((A *)launch.partial)[part * launch.kept.count + column] = total;
      }
    }
    __syncthreads();
  }
}

template <class W>
inline void join_parts(const ReductionLaunch &launch) {
  const typename W::A *partial = (const typename W::A *)launch.partial;
  for (int64_t i = first_index(); i < launch.kept.count; i += index_step()) {
    typename W::A total = partial[i];
    for (int64_t part = 1; part < launch.parts; part++) {
      W::Join::join(total, partial[part * launch.kept.count + i]);
    }
    ((typename W::R *)launch.y)[i] = W::store(total, launch.terms);
  }
}

typedef Extreme<Maximum<T>> Reduce_maximum;
typedef Extreme<Minimum<T>> Reduce_minimum;
typedef PlaceOf<Maximum<T>> Reduce_indexOfMaximum;
typedef PlaceOf<Minimum<T>> Reduce_indexOfMinimum;

// Integer totals are in int64 only, and some totals have no integer version.
#define WHOLES_int64(...) __VA_ARGS__
#define WHOLES_none(...)
#define WHOLE_REDUCTION_KERNELS(name, element, JOIN, START, result, wholes) \
  WHOLES_##wholes(REDUCTION_KERNELS(name))
#if IS_FLOAT
#define REDUCTIONS(X) FLAMBEAU_REDUCTIONS(X)
#elif HAS_TOTALS
#define REDUCTIONS(X) FLAMBEAU_CHOICES(X) FLAMBEAU_TOTALS(WHOLE_##X)
#else
#define REDUCTIONS(X) FLAMBEAU_CHOICES(X)
#endif
#define REDUCTION_KERNELS(name, ...)                                        \
  KERNEL(reduce_rows_##name, const ReductionLaunch launch) {                \
    __shared__ __align__(16) char shared[WARPS * 16];                       \
    reduce_rows<Reduce_##name>(launch, shared);                             \
  }                                                                         \
  KERNEL(reduce_columns_##name, const ReductionLaunch launch) {             \
    __shared__ __align__(16) char shared[LAUNCH_BLOCK * 16];                \
    reduce_columns<Reduce_##name>(launch, shared);                          \
  }                                                                         \
  KERNEL(join_parts_##name, const ReductionLaunch launch) { join_parts<Reduce_##name>(launch); }
KERNELS_OF(REDUCTIONS, REDUCTION_KERNELS)
