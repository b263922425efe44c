import COneDNN
import CKernels
import Foundation
import Testing

@testable import Devices

private let backend = CPUBackend()

/// A convolution to compare with oneDNN and without it.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  var images = 2
  var inputs = 4
  var outputs = 8
  var groups = 1
  var height = 9
  var width = 11
  var kernel = [3, 3]
  var stride = [1, 1]
  var padding = [0, 0]
  var dilation = [1, 1]

  var testDescription: String {
    "\(images)×\(inputs)×\(height)×\(width) to \(outputs), kernel \(kernel), stride \(stride), "
      + "padding \(padding), dilation \(dilation), \(groups) groups"
  }

  var windows: Windows {
    func count(_ size: Int, _ dim: Int) -> Int {
      (size + 2 * padding[dim] - dilation[dim] * (kernel[dim] - 1) - 1) / stride[dim] + 1
    }
    return Windows(
      height: height, width: width, kernel_height: kernel[0], kernel_width: kernel[1],
      stride_height: stride[0], stride_width: stride[1], padding_height: padding[0],
      padding_width: padding[1], dilation_height: dilation[0], dilation_width: dilation[1],
      out_height: count(height, 0), out_width: count(width, 1))
  }

  static let all = [
    ConvolutionCase(padding: [1, 1]),
    ConvolutionCase(stride: [3, 3], padding: [2, 1], dilation: [2, 2]),
    ConvolutionCase(groups: 2, stride: [2, 1]),
    ConvolutionCase(inputs: 8, outputs: 16, groups: 8, padding: [1, 1]),
    ConvolutionCase(images: 1, inputs: 3, outputs: 5, kernel: [1, 1]),
    ConvolutionCase(images: 1, inputs: 64, outputs: 64, height: 40, width: 40, padding: [1, 1]),
    ConvolutionCase(images: 1, inputs: 64, outputs: 64, groups: 64, height: 150, width: 150),
    ConvolutionCase(images: 35, inputs: 17, outputs: 19, height: 20, width: 20, padding: [1, 1]),
    ConvolutionCase(height: 3, width: 3, kernel: [5, 4], padding: [2, 2]),
    ConvolutionCase(height: 1, width: 30, kernel: [1, 5], stride: [1, 2], padding: [0, 4]),
    ConvolutionCase(inputs: 4, outputs: 8, groups: 4, padding: [1, 1]),
    ConvolutionCase(inputs: 32, outputs: 32, groups: 2, height: 30, width: 30, padding: [1, 1]),
    ConvolutionCase(images: 0, padding: [1, 1]),
  ]
}

private func random(_ shape: [Int], _ dtype: DType) -> StridedView {
  let view = StridedView(empty: Layout(contiguous: shape), dtype: .float32, device: .cpu)
  backend.normal(mean: 0, deviation: 1, generator: Generator(seed: 5), into: view)
  return view.converted(to: dtype)
}

private func doubles(_ view: StridedView) -> [Double] {
  let wide = view.converted(to: .float64)
  return withExtendedLifetime(wide) {
    (0..<wide.layout.numel).map { wide.pointer.load(fromByteOffset: 8 * $0, as: Double.self) }
  }
}

/// Runs both, and compares them with the largest expected number.
private func compare(
  _ shape: [Int], _ dtype: DType, tolerance: Double, _ name: String,
  _ own: (StridedView) -> Void, _ reference: (StridedView) -> Void
) {
  let result = StridedView(empty: Layout(contiguous: shape), dtype: dtype, device: .cpu)
  let expected = StridedView(empty: result.layout, dtype: .float32, device: .cpu)
  result.fill(.nan)
  expected.fill(.nan)
  own(result)
  reference(expected)
  let (a, b) = (doubles(result), doubles(expected))
  let largest = b.map(abs).max() ?? 0
  let difference = zip(a, b).map { abs($0 - $1) }.max() ?? 0
  #expect(a.allSatisfy { $0.isFinite } && difference <= tolerance * largest, "\(name)")
}

/// A convolution and its gradients with oneDNN, also where it is slower, against the columns.
/// Without a kernel of oneDNN they are the backend's.
@Test(arguments: ConvolutionCase.all, [DType.float32, .bfloat16, .float16])
func convolutionsAgreeWithColumns(_ c: ConvolutionCase, _ dtype: DType) {
  let (w, groups) = (c.windows, c.groups)
  let shapes = [
    [c.images, c.inputs, c.height, c.width],
    [c.outputs, c.inputs / groups] + c.kernel,
    [c.images, c.outputs, w.out_height, w.out_width],
  ]
  let tolerance = dtype == .float32 ? 1e-5 : dtype == .float16 ? 1e-3 : 8e-3
  let (x, weight, g) = (
    random(shapes[0], dtype), random(shapes[1], dtype), random(shapes[2], dtype)
  )
  let bias = random([c.outputs], dtype)
  let (x32, weight32, g32) = (
    x.converted(to: .float32), weight.converted(to: .float32), g.converted(to: .float32)
  )
  let bias32 = bias.converted(to: .float32)
  func call(
    _ kind: OneDNNConvolutionKind, _ left: StridedView, _ right: StridedView, _ target: StridedView
  ) -> ConvolutionCall {
    ConvolutionCall(
      kind: kind, left: left, right: right, bias: kind == .result ? bias : nil, windows: w,
      groups: groups, target: target)
  }
  compare(shapes[2], dtype, tolerance: tolerance, "result") {
    if OneDNN.run(call(.result, x, weight, $0)) { return }
    backend.convolve(x, weight, bias: bias, w, groups: groups, into: $0)
  } _: {
    backend.convolveColumns(x32, weight32, bias: bias32, w, groups: groups, into: $0)
  }
  compare(shapes[0], dtype, tolerance: tolerance, "gradient of the input") {
    if OneDNN.run(call(.gradientOfInput, g, weight, $0)) { return }
    backend.convolveGradientOfInput(g, weight, w, groups: groups, into: $0)
  } _: {
    backend.convolveColumnsGradientOfInput(g32, weight32, w, groups: groups, into: $0)
  }
  compare(shapes[1], dtype, tolerance: tolerance, "gradient of the weight") {
    if OneDNN.run(call(.gradientOfWeight, x, g, $0)) { return }
    backend.convolveGradientOfWeight(x, g, w, groups: groups, into: $0)
  } _: {
    backend.convolveColumnsGradientOfWeight(x32, g32, w, groups: groups, into: $0)
  }
}

/// The number of threads decides who computes a part, not what the parts are.
@Test func convolutionsDoNotDependOnTheNumberOfThreads() {
  let c = ConvolutionCase.all[7]
  let x = random([c.images, c.inputs, c.height, c.width], .float32)
  let weight = random([c.outputs, c.inputs] + c.kernel, .float32)
  let g = random([c.images, c.outputs, c.windows.out_height, c.windows.out_width], .float32)
  let threads = numThreads
  defer { numThreads = threads }
  let results = [1, 2, 3, 8].map { count in
    numThreads = count
    let dw = StridedView(empty: weight.layout, dtype: .float32, device: .cpu)
    let dx = StridedView(empty: x.layout, dtype: .float32, device: .cpu)
    backend.convolveGradientOfWeight(x, g, c.windows, groups: 1, into: dw)
    backend.convolveGradientOfInput(g, weight, c.windows, groups: 1, into: dx)
    return doubles(dw) + doubles(dx)
  }
  #expect(results.allSatisfy { $0 == results[0] })
}

/// Products in half precision, of transposed matrices and batches too, against those in float32.
@Test(
  arguments: [
    [1, 1, 1], [3, 5, 7], [64, 48, 33], [300, 200, 150], [1, 500, 64], [256, 256, 256],
  ],
  [DType.bfloat16, .float16])
func halfProductsAreRoundedOnce(_ sizes: [Int], _ dtype: DType) {
  let (m, n, k) = (sizes[0], sizes[1], sizes[2])
  for (batch, leftIsTransposed, rightIsTransposed) in [(1, false, true), (3, true, false)] {
    func matrices(_ rows: Int, _ columns: Int, _ areTransposed: Bool) -> StridedView {
      areTransposed
        ? random([batch, columns, rows], dtype).permuted([0, 2, 1])
        : random([batch, rows, columns], dtype)
    }
    let (a, b) = (matrices(m, k, leftIsTransposed), matrices(k, n, rightIsTransposed))
    let c = random([batch, m, n], dtype)
    for accumulating in [false, true] {
      compare([batch, m, n], dtype, tolerance: dtype == .float16 ? 1e-3 : 8e-3, "product") {
        backend.convert(c, into: $0)
        backend.matmul(a, b, into: $0, accumulating: accumulating)
      } _: {
        backend.convert(c, into: $0)
        backend.matmul(
          a.converted(to: .float32), b.converted(to: .float32), into: $0,
          accumulating: accumulating)
      }
    }
  }
}

@Suite struct OneDNNTests {
  @Test func aMissingLibraryIsNotOpened() {
    #expect(!OneDNN.open(["libdnnl-of-another-world.so"]))
  }

  /// Another library has none of the functions.
  @Test func anotherLibraryIsNotOpened() {
    #expect(!OneDNN.open(["libm.so.6"]))
  }

  @Test func theEnvironmentTurnsItOff() async {
    await #expect(processExitsWith: .success) {
      setenv("FLAMBEAU_ONEDNN", "off", 1)
      #expect(!OneDNN.isAvailable)
      let (x, weight) = (random([1, 1, 3, 3], .float32), random([1, 1, 3, 3], .float32))
      let y = StridedView(empty: Layout(contiguous: [1, 1, 1, 1]), dtype: .float32, device: .cpu)
      let windows = ConvolutionCase(height: 3, width: 3).windows
      backend.convolve(x, weight, bias: nil, windows, groups: 1, into: y)
      let sum = zip(doubles(x), doubles(weight)).map(*).reduce(0, +)
      #expect(abs(doubles(y)[0] - sum) < 1e-5)
    }
  }

  @Test func theLeastRecentlyUsedIsForgotten() {
    var cache = RecentlyUsed<Int, String>(capacity: 2)
    cache.insert("one", for: 1)
    cache.insert("two", for: 2)
    #expect(cache[1] == "one")
    cache.insert("three", for: 3)
    #expect(cache[1] == "one" && cache[2] == nil && cache[3] == "three" && cache.count == 2)
  }
}
