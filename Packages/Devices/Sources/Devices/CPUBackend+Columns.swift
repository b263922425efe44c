import CKernels
import Foundation

// Convolutions as matrix products: the windows of an image are the columns of a matrix, built for
// one image at a time.

extension CPUBackend {
  func convolveColumns(
    _ x: StridedView, _ weight: StridedView, bias: StridedView?, _ windows: Windows, groups: Int,
    into y: StridedView
  ) {
    let parts = ColumnParts(windows, input: x, weight: weight, groups: groups)
    // The kernel for integers does not accumulate.
    let accumulates = bias != nil && y.dtype.isFloatingPoint
    if let bias, accumulates { spread(bias, over: y) }
    let product = GEMM(
      m: parts.outputs, n: parts.positions, k: parts.places, leftDimension: parts.places,
      rightDimension: parts.positions, accumulating: accumulates)
    parts.forEach { part, scratch in
      let columns = parts.columns(of: part.input(x), in: scratch)
      product.run(y.dtype, part.weight(weight), columns, part.output(y))
    }
    if let bias, !accumulates {
      binary(
        .add, y, bias.shaped([bias.layout.numel, 1, 1]).broadcast(to: y.layout.shape), into: y)
    }
  }

  func convolveColumnsGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView
  ) {
    let parts = ColumnParts(windows, input: dx, weight: weight, groups: groups)
    let product = GEMM(
      m: parts.places, n: parts.positions, k: parts.outputs, leftIsTransposed: true,
      leftDimension: parts.places, rightDimension: parts.positions)
    parts.forEach { part, scratch in
      let image = part.input(dx)
      let columns = parts.areImages ? image : scratch
      product.run(dx.dtype, part.weight(weight), part.output(gradient), columns)
      if !parts.areImages {
        flambeau_col2im(dx.dtype, windows, parts.inputs, image, columns)
      }
    }
  }

  func convolveColumnsGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView
  ) {
    let parts = ColumnParts(windows, input: x, weight: dw, groups: groups)
    // A fixed number of partial sums, so that the result does not depend on the number of
    // threads.
    let count = min(max(parts.images, 1), 8)
    let sums = StridedView(
      empty: Layout(contiguous: [count] + dw.layout.shape), dtype: dw.dtype,
      device: dw.storage.device)
    shared(count: count, grain: parts.grain / (parts.images / count + 1) + 1) { range in
      parts.withScratch { scratch in
        for sum in range {
          let target = sums.pointer + sum * dw.layout.numel * dw.dtype.itemSize
          let images = parts.images * sum / count..<parts.images * (sum + 1) / count
          for (place, image) in images.enumerated() {
            let product = GEMM(
              m: parts.outputs, n: parts.places, k: parts.positions,
              leftDimension: parts.positions, rightIsTransposed: true,
              rightDimension: parts.positions,
              accumulating: place > 0)
            for group in 0..<parts.groups {
              let part = parts.part(image * parts.groups + group)
              let columns = parts.columns(of: part.input(x), in: scratch)
              product.run(
                dw.dtype, part.output(gradient), columns,
                target + group * parts.outputs * parts.places * dw.dtype.itemSize)
            }
          }
        }
      }
    }
    if parts.images == 0 {
      memset(sums.pointer, 0, sums.layout.numel * sums.dtype.itemSize)
    }
    reduce(.sum, sums, over: [true] + dw.layout.shape.map { _ in false }, into: dw)
  }
}

/// The sizes of a convolution, for one image and one group of channels.
// Threads read the same inputs and write disjoint parts.
private struct ColumnParts: @unchecked Sendable {
  let windows: Windows
  let images: Int
  let groups: Int
  /// The input and output channels of a group.
  let inputs: Int
  let outputs: Int
  /// The number of elements in a window, and the number of windows.
  let places: Int
  let positions: Int
  let dtype: DType

  init(_ windows: Windows, input: StridedView, weight: StridedView, groups: Int) {
    self.windows = windows
    self.groups = groups
    images = input.layout.shape[0]
    inputs = weight.layout.shape[1]
    outputs = weight.layout.shape[0] / groups
    places = inputs * windows.kernel_height * windows.kernel_width
    positions = windows.out_height * windows.out_width
    dtype = input.dtype
  }

  /// Whether each window is a single pixel, so that the columns are the image itself.
  var areImages: Bool {
    windows.kernel_height * windows.kernel_width == 1
      && windows.stride_height * windows.stride_width == 1
      && windows.padding_height + windows.padding_width == 0
      && windows.out_height == windows.height && windows.out_width == windows.width
  }

  /// The number of images that are worth a thread: about 50 µs of work.
  var grain: Int { 2_000_000 / max(outputs * places * positions, 1) + 1 }

  struct Part {
    let sizes: ColumnParts
    let index: Int
    func input(_ view: StridedView) -> UnsafeMutableRawPointer {
      at(view, sizes.inputs * sizes.windows.height * sizes.windows.width * index)
    }
    func output(_ view: StridedView) -> UnsafeMutableRawPointer {
      at(view, sizes.outputs * sizes.positions * index)
    }
    func weight(_ view: StridedView) -> UnsafeMutableRawPointer {
      at(view, sizes.outputs * sizes.places * (index % sizes.groups))
    }
    private func at(_ view: StridedView, _ offset: Int) -> UnsafeMutableRawPointer {
      view.pointer + offset * view.dtype.itemSize
    }
  }

  /// A group of channels of an image; the groups of an image are adjacent.
  func part(_ index: Int) -> Part { Part(sizes: self, index: index) }

  /// Calls `body` with memory for the columns.
  func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
    withWorkspace(byteCount: areImages ? 0 : places * positions * dtype.itemSize, body)
  }

  func columns(
    of image: UnsafeMutableRawPointer, in scratch: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    if areImages { return image }
    flambeau_im2col(dtype, windows, inputs, scratch, image)
    return scratch
  }

  /// Calls `body` for each part, with a scratch buffer for columns.
  func forEach(_ body: (Part, UnsafeMutableRawPointer) -> Void) {
    shared(count: images * groups, grain: grain) { range in
      withScratch { scratch in
        for index in range { body(part(index), scratch) }
      }
    }
  }
}
