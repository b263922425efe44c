import CCUDA
import CUDAKernels

// Operations over dims: reductions, rows, sorting.

extension CUDABackend {
  func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], centers: StridedView?,
    divisor: Double, takesSquareRoot: Bool, into y: StridedView
  ) {
    prepare("\(reduction)", [x, centers, y])
    let dims = zip(zip(x.layout.shape, x.layout.strides), reduced)
    let (kept, gone) = (dims.filter { !$0.1 }.map(\.0), dims.filter(\.1).map(\.0))
    var launch = ReductionLaunch()
    launch.kept = Extents(shape: kept.map(\.0), strides: kept.map(\.1))
    launch.gone = Extents(shape: gone.map(\.0), strides: gone.map(\.1))
    guard launch.kept.count > 0, launch.gone.count > 0 else { return }
    launch.x = UnsafeRawPointer(x.pointer)
    launch.y = y.pointer
    launch.terms = ReductionTerms(
      centers: centers, divisor: divisor, takesSquareRoot: takesSquareRoot)

    let results = Int(launch.kept.count)
    // If neighbouring results have neighbouring elements, neighbouring threads compute them, for
    // coalesced reads.
    let areColumns = launch.kept.innermostStride < launch.gone.innermostStride
    let blocks = areColumns ? (results - 1) / 32 + 1 : results
    // If these are too few blocks to keep the GPU busy, each result is computed in parts.
    let parts = max(
      1, min(Int(launch.gone.count) / 4096, 4 * multiprocessors / max(blocks, 1), 256))
    launch.parts = Int64(parts)
    let partial = empty([parts > 1 ? parts * results * 16 : 0], .uint8)
    launch.partial = partial.pointer
    func function(_ name: StaticString) -> KernelFunction {
      kernel(name, in: "reduce", x.dtype, operation: reduction)
    }
    gpu.launch(
      function(areColumns ? "reduce_columns" : "reduce_rows"),
      blocks: min(blocks, 16 * multiprocessors), parts: parts, launch)
    if parts > 1 { gpu.launch(function("join_parts"), over: results, launch) }
  }

  private var multiprocessors: Int { gpu.multiprocessorCount }

  /// Launches a kernel over rows, with a warp for each row if rows are short, else with a block.
  private func launchRows<each Parameter>(
    _ names: (warp: StaticString, block: StaticString), in file: StaticString, _ dtype: DType,
    _ rows: (count: Int, length: Int), _ parameters: repeat each Parameter
  ) {
    let isShort = rows.length <= 1024
    let blocks = isShort ? (rows.count + 7) / 8 : rows.count
    gpu.launch(
      kernel(isShort ? names.warp : names.block, in: file, dtype),
      blocks: min(blocks, 16 * multiprocessors), repeat each parameters)
  }

  func softmax(_ x: StridedView, logarithm: Bool, into y: StridedView) {
    prepare("softmax", [x, y])
    guard x.layout.numel > 0 else { return }
    alongRows(x, into: y) { x, y, rows in
      launchRows(
        ("softmax_warp", "softmax_block"), in: "softmax", x.dtype, rows, Rows(rows), y.pointer,
        x.pointer, logarithm)
    }
  }

  /// Runs a kernel for contiguous rows along dim 1 of [outer, length, inner].
  private func alongRows(
    _ x: StridedView, into y: StridedView,
    _ body: (StridedView, StridedView, (count: Int, length: Int)) -> Void
  ) {
    let shape = x.layout.shape
    let rows = (count: shape[0] * shape[2], length: shape[1])
    guard shape[2] > 1 else { return body(x, y, rows) }
    let result = empty([shape[0], shape[2], shape[1]], y.dtype)
    body(x.permuted([0, 2, 1]).contiguous(), result, rows)
    convert(result.permuted([0, 2, 1]), into: y)
  }

  func crossEntropy(
    _ x: StridedView, target: StridedView, ignored: Int, into losses: StridedView,
    totals: StridedView, invalid: (Int) -> Never
  ) {
    prepare("crossEntropy", [x, target, losses, totals])
    let rows = x.layout.rows
    checkingIndices(.crossEntropy, invalid) { notes in
      launchRows(
        ("cross_entropy_warp", "cross_entropy_block"), in: "softmax", x.dtype, rows, Rows(rows),
        losses.pointer, totals.pointer,
        x.pointer, target.pointer, Int64(ignored), notes)
    }
  }

  func crossEntropyGradients(
    _ gradient: StridedView, _ x: StridedView, target: StridedView, ignored: Int,
    totals: StridedView, into dx: StridedView
  ) {
    prepare("crossEntropy", [gradient, x, target, totals, dx])
    gpu.launch(
      kernel("cross_entropy_gradients", in: "softmax", x.dtype), over: x.layout.numel,
      Rows(x.layout.rows), dx.pointer, x.pointer, totals.pointer, target.pointer,
      Int64(ignored), gradient.pointer)
  }

  func normalize(
    _ x: StridedView, weight: StridedView?, bias: StridedView?, center: Bool, eps: Double,
    into y: StridedView, means: StridedView, factors: StridedView
  ) {
    prepare("normalize", [x, weight, bias, y, means, factors])
    launchRows(
      ("normalize_warp", "normalize_block"), in: "normalize", x.dtype, x.layout.rows,
      NormalizeLaunch(x, weight, bias, center: center, eps: eps, means, factors), y.pointer)
  }

  func normalizeGradients(
    _ gradient: StridedView, _ x: StridedView, weight: StridedView?, center: Bool,
    means: StridedView, factors: StridedView, into dx: StridedView, ofWeight: StridedView?,
    ofBias: StridedView?
  ) {
    prepare("normalize", [gradient, x, weight, means, factors, dx, ofWeight, ofBias])
    let launch = NormalizeLaunch(x, weight, nil, center: center, eps: 0, means, factors)
    let rows = x.layout.rows
    launchRows(
      ("normalize_gradients_warp", "normalize_gradients_block"), in: "normalize", x.dtype, rows,
      launch,
      gradient.pointer, dx.pointer)
    if ofWeight != nil || ofBias != nil {
      gpu.launch(
        kernel("normalize_columns", in: "normalize", x.dtype), blocks: (rows.length + 31) / 32,
        launch,
        gradient.pointer, ofWeight?.pointer, ofBias?.pointer)
    }
  }

  func scan(_ reduction: Reduction, _ x: StridedView, into y: StridedView) {
    prepare("\(reduction)", [x, y])
    alongRows(x, into: y) { x, y, rows in
      gpu.launch(
        kernel(reduction == .sum ? "scan_sum" : "scan_product", in: "scan", x.dtype),
        blocks: min(rows.count, 16 * multiprocessors),
        Rows(rows), y.pointer, x.pointer)
    }
  }

  func sort(_ x: StridedView, descending: Bool, into places: StridedView) {
    prepare("sort", [x, places])
    let rows = x.layout.rows
    let tile = Int(SORT_TILE)
    let tiles = rows.count * ((rows.length + tile - 1) / tile)
    // Merge passes alternate between two buffers, and the last one writes the result.
    let merges = (0...).prefix { tile << $0 < rows.length }.count
    let other = empty(merges > 0 ? places.layout.shape : [0], .int64)
    var (from, to) = merges % 2 == 0 ? (places, other) : (other, places)
    gpu.launch(
      kernel("sort_tiles", in: "sort", x.dtype), blocks: min(tiles, 16 * multiprocessors),
      Rows(rows),
      from.pointer, x.pointer, descending)
    for merge in 0..<merges {
      gpu.launch(
        kernel("merge_runs", in: "sort", x.dtype), over: x.layout.numel, Rows(rows), to.pointer,
        from.pointer, x.pointer, Int64(tile << merge), descending)
      swap(&from, &to)
    }
  }

  func search(
    _ x: StridedView, in sorted: StridedView, afterEqual: Bool, into places: StridedView
  ) {
    prepare("search", [x, sorted, places])
    gpu.launch(
      kernel("search", in: "sort", x.dtype), over: x.layout.numel, Rows(x.layout.rows),
      places.pointer,
      x.pointer, sorted.pointer, Int64(sorted.layout.rows.length), afterEqual)
  }

  func countTrue(_ x: StridedView, into count: StridedView) {
    prepare("nonzero", [x, count])
    let running = runningCounts(x)
    guard let tiles = running.layout.shape.first, tiles > 0 else { return count.fill(0) }
    convert(running.part(0, tiles - 1, 1)[0], into: count)
  }

  func nonzero(_ x: StridedView, into y: StridedView) {
    prepare("nonzero", [x, y])
    let running = runningCounts(x)
    gpu.launch(
      kernel("write_true", in: "index", .bool), over: running.layout.numel, Int64(x.layout.numel),
      y.pointer, running.pointer, x.pointer)
  }

  /// The number of true elements up to the end of each tile.
  private func runningCounts(_ x: StridedView) -> StridedView {
    let count = x.layout.numel
    let tiles = (count + Int(TRUE_TILE) - 1) / Int(TRUE_TILE)
    let shape = [1, tiles, 1]
    let (counts, running) = (empty(shape, .int64), empty(shape, .int64))
    guard tiles > 0 else { return running.shaped([0]) }
    gpu.launch(
      kernel("count_true", in: "index", .bool), over: tiles, Int64(count), counts.pointer, x.pointer
    )
    scan(.sum, counts, into: running)
    return running.shaped([tiles])
  }
}

extension Rows {
  init(_ rows: (count: Int, length: Int)) {
    self.init(count: Int64(rows.count), n: Int64(rows.length))
  }
}

extension Extents {
  /// The absolute stride of the innermost dim, or `Int64.max` if there are no dims.
  fileprivate var innermostStride: Int64 {
    guard rank > 0 else { return .max }
    return withUnsafeBytes(of: strides) {
      abs($0.load(fromByteOffset: 8 * (Int(rank) - 1), as: Int64.self))
    }
  }
}

extension NormalizeLaunch {
  fileprivate init(
    _ x: StridedView, _ weight: StridedView?, _ bias: StridedView?, center: Bool, eps: Double,
    _ means: StridedView, _ factors: StridedView
  ) {
    self.init(
      rows: Rows(x.layout.rows), center: center, eps: eps, x: x.pointer, weight: weight?.pointer,
      bias: bias?.pointer, means: means.pointer.assumingMemoryBound(to: Double.self),
      factors: factors.pointer.assumingMemoryBound(to: Double.self))
  }
}
