// Ramps, and `where`.

#include "kernel.cuh"

KERNEL(ramp, int64_t n, S *y, const Ramp ramp) {
  for (int64_t i = first_index(); i < n; i += index_step()) {
    int64_t place = i + ramp.shift;
    y[i] = ramp.is_whole ? STORE((T)(ramp.whole_start + place * ramp.whole_step))
                         : STORE((T)(ramp.start + place * ramp.step));
  }
}

// y = a where the condition is true, else b.
KERNEL(select, const Walk walk) {
  S *y = (S *)walk.data[0];
  const bool *condition = (const bool *)walk.data[1];
  const S *a = (const S *)walk.data[2], *b = (const S *)walk.data[3];
  for (int64_t i = first_index(); i < walk.count; i += index_step()) {
    int64_t at[4];
    seek(walk, i, 4, at);
    bool chosen = condition ? condition[at[1]] : number_of<bool>(walk, 1);
    y[at[0]] = chosen ? (a ? a[at[2]] : number_of<S>(walk, 2))
                      : (b ? b[at[3]] : number_of<S>(walk, 3));
  }
}
