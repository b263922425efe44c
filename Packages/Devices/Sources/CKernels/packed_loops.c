// Loops over short rows, or over rows whose elements are far apart in an operand: operands are copied, a tile at a
// time, into memory where the tile is contiguous, so that one call of the row function computes much of it.

#include <stdalign.h>

#include "copies.h"
#include "include/parallel.h"
#include "loops.h"

enum {
  /// The elements of a tile, which stays in the first-level cache.
  TILE = 1024,
  /// Rows with fewer elements take less time than their calls: if operands are copied for each tile, and if those that
  /// are not contiguous are the same for all rows.
  SHORT = 24,
  SHORT_REPEATED = 128,
  /// The longest pieces of long rows, and the number of rows of a tile of them: a cache line of most dtypes.
  PIECE = 256,
  TALL = 16,
  /// Fewer elements are not worth the preparations.
  MIN_PACKED = 1024,
};

typedef struct {
  Loops rows;
  bool is_packed[MAX_OPERANDS];
  CopyPlan copies[MAX_OPERANDS];
} Tile;

typedef struct {
  const Loops *loops;
  /// The tiles consist of a part of this dim and of the whole dims after it.
  long first;
  long chunk, chunks;
  /// A tile, and the last one along the first dim.
  Tile whole, last;
} Work;

// Whether the elements of a tile are contiguous, or all the same.
static bool is_simple(const Loops *loops, int operand, long first) {
  bool is_contiguous = true, is_constant = true;
  long step = 1;
  for (long dim = loops->rank - 1; dim >= first; dim--) {
    long stride = loops->strides[dim][operand];
    is_contiguous &= stride == step;
    is_constant &= stride == 0;
    step *= loops->shape[dim];
  }
  return is_contiguous || is_constant;
}

// Whether rows are so short that tiles are faster, copies included.
static bool are_short(const Loops *loops) {
  long inner = loops->rank - 1, n = loops->shape[inner];
  if (n < SHORT || n >= SHORT_REPEATED) return n < SHORT;
  for (int k = 0; k < loops->operands; k++) {
    bool is_repeated = loops->strides[inner][k] == 1;
    for (long dim = 0; dim < inner; dim++) is_repeated &= loops->strides[dim][k] == 0;
    if (!is_repeated && !is_simple(loops, k, 0)) return false;
  }
  return true;
}

static void prepare_tile(
    Tile *tile, const Loops *loops, long first, long size, bool has_long_rows) {
  long rank = loops->rank - first, shape[FLAMBEAU_MAX_RANK], packed[FLAMBEAU_MAX_RANK];
  long strides[MAX_OPERANDS][FLAMBEAU_MAX_RANK];
  const long *all[MAX_OPERANDS];
  for (long dim = rank - 1, step = 1; dim >= 0; dim--) {
    shape[dim] = dim == 0 ? size : loops->shape[first + dim];
    packed[dim] = step;
    step *= shape[dim];
  }
  for (int k = 0; k < loops->operands; k++) {
    for (long dim = 0; dim < rank; dim++) strides[k][dim] = loops->strides[first + dim][k];
    long inner = strides[k][rank - 1];
    // Long rows are left where they are if they are contiguous.
    tile->is_packed[k] = has_long_rows ? inner != 0 && inner != 1 : !is_simple(loops, k, first);
    all[k] = tile->is_packed[k] ? packed : strides[k];
    if (!tile->is_packed[k]) continue;
    const long *to = k == 0 ? strides[k] : packed, *from = k == 0 ? packed : strides[k];
    copy_prepare(&tile->copies[k], loops->item_sizes[k], rank, shape, to, from);
  }
  loops_prepare(&tile->rows, loops->operands, rank, shape, loops->pointers, all, loops->item_sizes);
  tile->rows.row = loops->row;
  tile->rows.context = loops->context;
}

static void run_tiles(void *context, long begin, long end) {
  const Work *work = context;
  const Loops *loops = work->loops;
  alignas(64) char packed[MAX_OPERANDS][TALL * PIECE * sizeof(double)];
  const char *packed_from[MAX_OPERANDS] = {0};
  const Tile *tile = NULL;
  Loops rows;
  for (long index = begin; index < end; index++) {
    const Tile *next = (index + 1) % work->chunks == 0 ? &work->last : &work->whole;
    if (next != tile) {
      tile = next;
      rows = tile->rows;
      for (int k = 0; k < loops->operands; k++) packed_from[k] = NULL;
    }
    char *pointers[MAX_OPERANDS];
    for (int k = 0; k < loops->operands; k++) pointers[k] = loops->pointers[k];
    long rest = index;
    for (long dim = work->first; dim >= 0; dim--) {
      long size = dim == work->first ? work->chunks : loops->shape[dim];
      long place = rest % size * (dim == work->first ? work->chunk : 1);
      rest /= size;
      for (int k = 0; k < loops->operands; k++) {
        pointers[k] += place * loops->strides[dim][k] * loops->item_sizes[k];
      }
    }
    for (int k = 0; k < loops->operands; k++) {
      rows.pointers[k] = tile->is_packed[k] ? packed[k] : pointers[k];
      // A broadcast operand is often the same as for the tile before.
      if (k == 0 || !tile->is_packed[k] || packed_from[k] == pointers[k]) continue;
      copy_run(&tile->copies[k], packed[k], pointers[k], false);
      packed_from[k] = pointers[k];
    }
    loops_run(&rows, false);
    if (tile->is_packed[0]) copy_run(&tile->copies[0], pointers[0], packed[0], false);
  }
}

// Runs tiles of short rows, or of pieces of long ones.
static void run_packed(const Loops *loops, bool has_long_rows) {
  long most = has_long_rows ? TALL * PIECE : TILE;
  Work work = {.loops = loops};
  long first = loops->rank - 1, elements = 1;
  while (first > 0 && elements * loops->shape[first] <= most) elements *= loops->shape[first--];
  long size = loops->shape[first];
  work.first = first;
  work.chunk = most / elements < size ? most / elements : size;
  work.chunks = (size + work.chunk - 1) / work.chunk;
  long last = size - (work.chunks - 1) * work.chunk, tiles = work.chunks;
  for (long dim = 0; dim < first; dim++) tiles *= loops->shape[dim];
  prepare_tile(&work.last, loops, first, last, has_long_rows);
  if (work.chunks > 1) prepare_tile(&work.whole, loops, first, work.chunk, has_long_rows);
  flambeau_parallel(tiles, LOOPS_GRAIN / (work.chunk * elements) + 1, run_tiles, &work);
}

// Adds a dim of `size` positions, each `step` positions of another loops' dim apart.
static void add_dim(Loops *to, const Loops *from, long dim, long size, long step) {
  to->shape[to->rank] = size;
  for (int k = 0; k < from->operands; k++) {
    to->strides[to->rank][k] = step * from->strides[dim][k];
  }
  to->rank++;
}

// Leaves out the first positions of a dim.
static void drop_first(Loops *loops, long dim, long count) {
  loops->shape[dim] -= count;
  for (int k = 0; k < loops->operands; k++) {
    loops->pointers[k] += count * loops->strides[dim][k] * loops->item_sizes[k];
  }
}

// The dim along which an operand is contiguous, if that is not the innermost one and it is not contiguous there; or -1.
static long transposed_dim(const Loops *loops) {
  long inner = loops->rank - 1;
  for (int k = 0; k < loops->operands; k++) {
    if (loops->strides[inner][k] == 0 || loops->strides[inner][k] == 1) continue;
    for (long dim = inner - 1; dim >= 0; dim--) {
      if (loops->strides[dim][k] == 1 && loops->shape[dim] > 4) return dim;
    }
  }
  return -1;
}

// Runs `tall` positions of the transposed dim at a time, and of those one piece of the rows after the other.
static void run_pieces_of(const Loops *loops, long transposed, long tall, long piece) {
  long inner = loops->rank - 1;
  Loops pieces = *loops;
  pieces.rank = 0;
  for (long dim = 0; dim < inner; dim++) {
    if (dim != transposed) add_dim(&pieces, loops, dim, loops->shape[dim], 1);
  }
  add_dim(&pieces, loops, transposed, loops->shape[transposed] / tall, tall);
  add_dim(&pieces, loops, inner, loops->shape[inner] / piece, piece);
  add_dim(&pieces, loops, transposed, tall, 1);
  add_dim(&pieces, loops, inner, piece, 1);
  run_packed(&pieces, true);
}

// Runs long rows in pieces of about the same length.
static void run_pieces(const Loops *loops, long transposed) {
  long inner = loops->rank - 1, n = loops->shape[inner], count = loops->shape[transposed];
  long pieces = (n + PIECE - 1) / PIECE, piece = (n + pieces - 1) / pieces;
  long tall = count < TALL ? count : TALL;
  for (int part = 0; part < 4; part++) {
    // The whole pieces and the ends of rows, for whole tiles and the rows after them.
    Loops own = *loops;
    long rows = count / tall * tall, columns = n / piece * piece;
    if (part & 1) drop_first(&own, transposed, rows);
    if (part & 2) drop_first(&own, inner, columns);
    if (own.shape[transposed] == 0 || own.shape[inner] == 0) continue;
    run_pieces_of(&own, transposed, part & 1 ? count - rows : tall, part & 2 ? n - columns : piece);
  }
}

bool loops_run_packed(const Loops *loops) {
  long inner = loops->rank - 1, elements = 1;
  for (long dim = 0; dim < loops->rank; dim++) elements *= loops->shape[dim];
  if (inner < 1 || inner + 2 >= FLAMBEAU_MAX_RANK || elements < MIN_PACKED) return false;
  long transposed = transposed_dim(loops);
  if (transposed >= 0 && loops->shape[inner] > TALL) {
    run_pieces(loops, transposed);
  } else if (are_short(loops)) {
    run_packed(loops, false);
  } else {
    return false;
  }
  return true;
}
