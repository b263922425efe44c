// Sorting along the rows of contiguous memory, and what needs only a part of the order. Elements are compared
// by keys: unsigned integers in the elements' order, in which NaN is the largest and 0 equals -0.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  long n, count;
  /// The number of parts of each row that threads sort together.
  long parts;
  /// Whether the largest come first.
  bool descending;
  /// Whether a NaN is the result wherever it would be in the order.
  bool prefers_nan;
  int64_t *places;
  const void *x;
} Work;

static void *memory_for(long count, size_t size) {
  void *memory = malloc((count > 0 ? count : 1) * size);
  if (!memory) {
    fprintf(stderr, "Fatal error: no memory for sorting rows of %ld elements\n", count);
    abort();
  }
  return memory;
}

// A key and the index of its element. Narrow keys share a word with the index.
typedef uint64_t Narrow;
typedef struct {
  uint64_t key, index;
} Wide;

enum {
  /// Fewer entries are sorted by insertion.
  MIN_RADIX = 48,
  MAX_DIGITS = 11,
  /// Up to so many first elements are found by insertion.
  FEW = 32,
  BLOCK = 64,
  /// The number of keys that are computed at once.
  SOME = 1024,
  /// The smallest part of a row that is worth a thread.
  MIN_PART = 32768,
};

// With few entries, clearing the counts of wide digits would take longer than more passes.
static int digit_bits(long n) { return n < 4096 ? 8 : MAX_DIGITS; }

#define NARROW_KEY(entry) ((uint32_t)((entry) >> 32))
#define WIDE_KEY(entry) ((entry).key)

static inline Narrow narrow_entry(uint32_t key, long i) { return (Narrow)key << 32 | (Narrow)i; }
static inline Wide wide_entry(uint64_t key, long i) { return (Wide){key, i}; }
static inline int64_t narrow_index(Narrow entry) { return entry & 0xffffffffu; }
static inline int64_t wide_index(Wide entry) { return entry.index; }

#define ENTRY(key, i) _Generic((key), uint32_t: narrow_entry, uint64_t: wide_entry)(key, i)
#define INDEX(entry) _Generic((entry), Narrow: narrow_index, Wide: wide_index)(entry)
// The sort of one row, whose parts threads sort together.
typedef struct {
  const void *x;
  bool descending;
  long n, parts;
  void *entries, *spare;
  /// For each part and digit, the place of the part's next entry with that digit.
  long *starts;
  /// The digit of a pass.
  int shift, bits;
  /// For each part, the bits that all its keys have, and those that any has.
  uint64_t *in_all, *in_any;
  int64_t *places;
} Sorting;

static long start_of(const Sorting *sorting, long part) { return sorting->n * part / sorting->parts; }

static void for_each_part(Sorting *sorting, void (*body)(void *, long, long)) {
  if (sorting->parts == 1) return body(sorting, 0, 1);
  flambeau_parallel_in_parts(sorting->parts, 1, body, sorting);
}

static void counts_to_starts(long digits, long parts, long *starts) {
  long start = 0;
  for (long digit = 0; digit < digits; digit++) {
    long count = starts[digit];
    starts[digit] = start;
    start += count;
    for (long part = 1; part < parts; part++) {
      count = starts[(part << MAX_DIGITS) + digit];
      starts[(part << MAX_DIGITS) + digit] = start;
      start += count;
    }
  }
}

// Stable sorts of entries, whose indices are in rising order: by insertion, or by digits from the least
// significant on (Knuth, The Art of Computer Programming, 5.2.5). Entries with the same digit keep their order, since
// those of an earlier part go first.
#define SORT_ENTRIES(Entry, Key, KEY)                                                      \
  static void insertion_sort_##Entry(long n, Entry *entries) {                             \
    for (long i = 1; i < n; i++) {                                                         \
      Entry entry = entries[i];                                                            \
      long j = i;                                                                          \
      for (; j > 0 && KEY(entries[j - 1]) > KEY(entry); j--) entries[j] = entries[j - 1];  \
      entries[j] = entry;                                                                  \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void make_##Entry(                                                     \
      long n, Entry *entries, const Key *keys, long start, Key *in_all, Key *in_any) {     \
    Key all = *in_all, any = *in_any;                                                      \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      all &= keys[i];                                                                      \
      any |= keys[i];                                                                      \
      entries[i] = ENTRY(keys[i], start + i);                                              \
    }                                                                                      \
    *in_all = all;                                                                         \
    *in_any = any;                                                                         \
  }                                                                                        \
  static Key differing_##Entry(long n, const Entry *entries) {                             \
    Key differing = 0;                                                                     \
    for (long i = 1; i < n; i++) differing |= KEY(entries[i]) ^ KEY(entries[0]);           \
    return differing;                                                                      \
  }                                                                                        \
  static void count_##Entry(void *context, long begin, long end) {                         \
    const Sorting *sorting = context;                                                      \
    const Entry *restrict entries = sorting->entries;                                      \
    int shift = sorting->shift;                                                            \
    Key mask = ((Key)1 << sorting->bits) - 1;                                              \
    for (long part = begin; part < end; part++) {                                          \
      long *restrict counts = sorting->starts + (part << MAX_DIGITS);                      \
      memset(counts, 0, sizeof(long) << sorting->bits);                                    \
      long last = start_of(sorting, part + 1);                                             \
      for (long i = start_of(sorting, part); i < last; i++) {                              \
        counts[KEY(entries[i]) >> shift & mask]++;                                         \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void move_##Entry(void *context, long begin, long end) {                          \
    const Sorting *sorting = context;                                                      \
    const Entry *restrict entries = sorting->entries;                                      \
    Entry *restrict spare = sorting->spare;                                                \
    int shift = sorting->shift;                                                            \
    Key mask = ((Key)1 << sorting->bits) - 1;                                              \
    for (long part = begin; part < end; part++) {                                          \
      long *restrict starts = sorting->starts + (part << MAX_DIGITS);                      \
      long last = start_of(sorting, part + 1);                                             \
      for (long i = start_of(sorting, part); i < last; i++) {                              \
        spare[starts[KEY(entries[i]) >> shift & mask]++] = entries[i];                     \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  /* Sorts by the bits that differ; the sorted entries replace `entries`, which may be exchanged for `spare`. */\
  static void sort_##Entry(Sorting *sorting, Key differing) {                              \
    if (sorting->n < MIN_RADIX) return insertion_sort_##Entry(sorting->n, sorting->entries); \
    sorting->bits = digit_bits(sorting->n);                                                \
    for (int shift = 0; shift < (int)(8 * sizeof(Key)); shift += sorting->bits) {          \
      if (!(differing >> shift & (((Key)1 << sorting->bits) - 1))) continue;               \
      sorting->shift = shift;                                                              \
      for_each_part(sorting, count_##Entry);                                               \
      counts_to_starts(1 << sorting->bits, sorting->parts, sorting->starts);               \
      for_each_part(sorting, move_##Entry);                                                \
      void *sorted = sorting->spare;                                                       \
      sorting->spare = sorting->entries;                                                   \
      sorting->entries = sorted;                                                           \
    }                                                                                      \
  }                                                                                        \
  /* The first of the order, if they are few: most elements come after the last found so far. */\
  VECTORIZED static void first_few_##Entry(long n, const Key *keys, long count, Entry *entries) { \
    for (long i = 0; i < count; i++) entries[i] = ENTRY(keys[i], i);                       \
    insertion_sort_##Entry(count, entries);                                                \
    Key last = KEY(entries[count - 1]);                                                    \
    for (long start = count; start < n; start += BLOCK) {                                  \
      long end = start + BLOCK < n ? start + BLOCK : n;                                    \
      bool is_any = false;                                                                 \
      for (long i = start; i < end; i++) is_any |= keys[i] < last;                         \
      for (long i = start; is_any && i < end; i++) {                                       \
        if (keys[i] >= last) continue;                                                     \
        long j = count - 1;                                                                \
        for (; j > 0 && KEY(entries[j - 1]) > keys[i]; j--) entries[j] = entries[j - 1];   \
        entries[j] = ENTRY(keys[i], i);                                                    \
        last = KEY(entries[count - 1]);                                                    \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void places_##Entry(void *context, long begin, long end) {                        \
    const Sorting *sorting = context;                                                      \
    const Entry *sorted = sorting->entries;                                                \
    int64_t *places = sorting->places;                                                     \
    long last = start_of(sorting, end);                                                    \
    for (long i = start_of(sorting, begin); i < last; i++) places[i] = INDEX(sorted[i]);   \
  }
SORT_ENTRIES(Narrow, uint32_t, NARROW_KEY)
SORT_ENTRIES(Wide, uint64_t, WIDE_KEY)

// The key with `rank` smaller or equal ones before it, and in `below` the number of smaller ones: by digits
// from the most significant on, each time among the keys that share the digits so far.
#define SELECT_KEY(Key)                                                                    \
  static Key select_##Key(long n, const Key *keys, Key *spare, long rank, long *below) {   \
    *below = 0;                                                                            \
    Key prefix = 0;                                                                        \
    for (int high = 8 * sizeof(Key); high > 0 && n > 1;) {                                 \
      int bits = digit_bits(n) < high ? digit_bits(n) : high, shift = high - bits;         \
      Key mask = ((Key)1 << bits) - 1;                                                     \
      long counts[1 << MAX_DIGITS];                                                        \
      memset(counts, 0, sizeof(long) << bits);                                             \
      for (long i = 0; i < n; i++) counts[keys[i] >> shift & mask]++;                      \
      Key digit = 0;                                                                       \
      for (; rank >= counts[digit]; digit++) {                                             \
        rank -= counts[digit];                                                             \
        *below += counts[digit];                                                           \
      }                                                                                    \
      long found = 0;                                                                      \
      for (long i = 0; i < n; i++) {                                                       \
        /* Writing first and counting later takes no branch; spare may be keys. */         \
        spare[found] = keys[i];                                                            \
        found += (keys[i] >> shift & mask) == digit;                                       \
      }                                                                                    \
      prefix |= digit << shift;                                                            \
      keys = spare;                                                                        \
      n = found;                                                                           \
      high = shift;                                                                        \
    }                                                                                      \
    return n == 1 ? keys[0] : prefix;                                                      \
  }
SELECT_KEY(uint32_t)
SELECT_KEY(uint64_t)

static inline uint32_t key_of_float(float x) {
  uint32_t bits;
  x = x == 0 ? 0 : x;
  memcpy(&bits, &x, sizeof bits);
  uint32_t key = bits >> 31 ? ~bits : bits | 0x80000000u;
  return x == x ? key : ~0u;
}

static inline uint64_t key_of_double(double x) {
  uint64_t bits;
  x = x == 0 ? 0 : x;
  memcpy(&bits, &x, sizeof bits);
  uint64_t key = bits >> 63 ? ~bits : bits | 0x8000000000000000u;
  return x == x ? key : ~(uint64_t)0;
}

// The keys of a row, of `bits` bits, flipped for a descending order.
#define KEYS(dtype, S, Key, Entry, bits, KEY)                                              \
  typedef Key key_##dtype;                                                                 \
  typedef Entry entry_##dtype;                                                             \
  static const Key all_ones_##dtype = (Key) ~(Key)0 >> (8 * sizeof(Key) - bits);           \
  VECTORIZED static void keys_##dtype(long n, Key *keys, const S *x, bool descending) {    \
    Key flip = descending ? all_ones_##dtype : 0;                                          \
    INDEPENDENT for (long i = 0; i < n; i++) keys[i] = (Key)(KEY) ^ flip;                  \
  }
KEYS(bool, bool, uint32_t, Narrow, 1, x[i])
KEYS(uint8, uint8_t, uint32_t, Narrow, 8, x[i])
KEYS(int8, int8_t, uint32_t, Narrow, 8, x[i] + 0x80)
KEYS(int16, int16_t, uint32_t, Narrow, 16, x[i] + 0x8000)
KEYS(int32, int32_t, uint32_t, Narrow, 32, (uint32_t)x[i] + 0x80000000u)
KEYS(int64, int64_t, uint64_t, Wide, 64, (uint64_t)x[i] + 0x8000000000000000u)
// The bits that a float32 has more than these depend on the sign alone.
KEYS(float16, _Float16, uint32_t, Narrow, 19, key_of_float(FLAMBEAU_LOAD_float16(x[i])) >> 13)
KEYS(bfloat16, bfloat16_t, uint32_t, Narrow, 16, key_of_float(FLAMBEAU_LOAD_bfloat16(x[i])) >> 16)
KEYS(float32, float, uint32_t, Narrow, 32, key_of_float(x[i]))
KEYS(float64, double, uint64_t, Wide, 64, key_of_double(x[i]))

// A function for the type of entries.
#define OF_ENTRIES(name, entries) _Generic((entries), Narrow *: name##_Narrow, Wide *: name##_Wide)
#define SELECT(n, keys, spare, rank, below)                                             \
  _Generic((keys), uint32_t *: select_uint32_t, uint64_t *: select_uint64_t)(           \
      n, keys, spare, rank, below)

#define ORDER(dtype, S, ...)                                                               \
  static void fill_##dtype(void *context, long begin, long end) {                          \
    const Sorting *sorting = context;                                                      \
    const S *x = sorting->x;                                                               \
    entry_##dtype *entries = sorting->entries;                                             \
    for (long part = begin; part < end; part++) {                                          \
      long last = start_of(sorting, part + 1);                                             \
      key_##dtype keys[SOME], all = all_ones_##dtype, any = 0;                             \
      for (long start = start_of(sorting, part); start < last; start += SOME) {            \
        long count = last - start < SOME ? last - start : SOME;                            \
        keys_##dtype(count, keys, x + start, sorting->descending);                         \
        OF_ENTRIES(make, entries)(count, entries + start, keys, start, &all, &any);        \
      }                                                                                    \
      sorting->in_all[part] = all;                                                         \
      sorting->in_any[part] = any;                                                         \
    }                                                                                      \
  }                                                                                        \
  static void sort_##dtype(void *context, long begin, long end) {                          \
    const Work *work = context;                                                            \
    long n = work->n, parts = work->parts;                                                 \
    entry_##dtype *entries = memory_for(2 * n, sizeof *entries);                           \
    long *starts = memory_for(parts << MAX_DIGITS, sizeof *starts);                        \
    uint64_t *in_all = memory_for(2 * parts, sizeof *in_all), *in_any = in_all + parts;    \
    for (long row = begin; row < end; row++) {                                             \
      Sorting sorting = {                                                                  \
          .x = (const S *)work->x + row * n, .descending = work->descending, .n = n,       \
          .parts = parts, .entries = entries, .spare = entries + n, .starts = starts,      \
          .in_all = in_all, .in_any = in_any, .places = work->places + row * n};           \
      for_each_part(&sorting, fill_##dtype);                                               \
      key_##dtype all = all_ones_##dtype, any = 0;                                         \
      for (long part = 0; part < parts; part++) {                                          \
        all &= (key_##dtype)in_all[part];                                                  \
        any |= (key_##dtype)in_any[part];                                                  \
      }                                                                                    \
      OF_ENTRIES(sort, entries)(&sorting, any & ~all);                                     \
      for_each_part(&sorting, OF_ENTRIES(places, entries));                                \
    }                                                                                      \
    free(in_all);                                                                          \
    free(starts);                                                                          \
    free(entries);                                                                         \
  }                                                                                        \
  /* The first of the order: those with smaller keys than the last of them, and the first with its key. */\
  static void first_##dtype(void *context, long begin, long end) {                         \
    const Work *work = context;                                                            \
    long n = work->n, count = work->count;                                                 \
    key_##dtype *keys = memory_for(2 * n, sizeof *keys);                                   \
    entry_##dtype *entries = memory_for(2 * (count + 1), sizeof *entries);                 \
    long *starts = memory_for(1 << MAX_DIGITS, sizeof *starts);                            \
    for (long row = begin; row < end && count > 0; row++) {                                \
      keys_##dtype(n, keys, (const S *)work->x + row * n, work->descending);               \
      Sorting sorting = {                                                                  \
          .n = count, .parts = 1, .entries = entries, .spare = entries + count + 1,        \
          .starts = starts, .places = work->places + row * count};                         \
      if (count <= FEW) {                                                                  \
        OF_ENTRIES(first_few, entries)(n, keys, count, entries);                           \
      } else {                                                                             \
        long below, found = 0;                                                             \
        key_##dtype last = SELECT(n, keys, keys + n, count - 1, &below);                   \
        long equal = count - below;                                                        \
        for (long i = 0; found < count; i++) {                                             \
          entries[found] = ENTRY(keys[i], i);                                              \
          bool takes = keys[i] < last || (keys[i] == last && equal > 0);                   \
          equal -= keys[i] == last;                                                        \
          found += takes;                                                                  \
        }                                                                                  \
        OF_ENTRIES(sort, entries)(&sorting, OF_ENTRIES(differing, entries)(count, entries)); \
      }                                                                                    \
      OF_ENTRIES(places, entries)(&sorting, 0, 1);                                         \
    }                                                                                      \
    free(starts);                                                                          \
    free(entries);                                                                         \
    free(keys);                                                                            \
  }                                                                                        \
  static void nth_##dtype(void *context, long begin, long end) {                           \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    key_##dtype *keys = memory_for(2 * n, sizeof *keys);                                   \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)work->x + row * n;                                           \
      keys_##dtype(n, keys, x, false);                                                     \
      long below = 0, i = 0;                                                               \
      /* NaN has the largest key. */                                                       \
      while (work->prefers_nan && i < n && keys[i] != all_ones_##dtype) i++;               \
      if (!work->prefers_nan || i == n) {                                                  \
        key_##dtype key = SELECT(n, keys, keys + n, work->count, &below);                  \
        for (i = 0, below = work->count - below;; i++) {                                   \
          if (keys[i] == key && below-- == 0) break;                                       \
        }                                                                                  \
      }                                                                                    \
      work->places[row] = i;                                                               \
    }                                                                                      \
    free(keys);                                                                            \
  }

FLAMBEAU_DTYPES(ORDER)

void flambeau_sort(
    DType dtype, bool descending, long rows, long n, int64_t *places, const void *x) {
  long threads = flambeau_thread_count(), parts = n / MIN_PART < threads ? n / MIN_PART : threads;
  Work work = {.n = n, .parts = 1, .descending = descending, .places = places, .x = x};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(sort);
  if (rows < threads && parts > 1) {
    work.parts = parts;
    bodies[dtype](&work, 0, rows);
  } else {
    share_rows(bodies, dtype, rows, n, &work);
  }
}

void flambeau_first(
    DType dtype, bool descending, long rows, long n, long count, int64_t *places, const void *x) {
  Work work = {.n = n, .count = count, .descending = descending, .places = places, .x = x};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(first);
  share_rows(bodies, dtype, rows, n, &work);
}

void flambeau_nth(
    DType dtype, bool prefers_nan, long rows, long n, long rank, int64_t *places, const void *x) {
  Work work = {.n = n, .count = rank, .prefers_nan = prefers_nan, .places = places, .x = x};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(nth);
  share_rows(bodies, dtype, rows, n, &work);
}
