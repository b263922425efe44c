import CKernels
import COneDNN
import Synchronization

extension OneDNN {
  /// Computes a convolution or a gradient; false if oneDNN is missing or has no fast
  /// kernel for it.
  static func run(_ call: ConvolutionCall) -> Bool {
    guard isAvailable, number(of: call.target.dtype) != nil, call.multiplications > 0
    else { return false }
    let parts = ConvolutionParts(call)
    guard call.kind == .gradientOfWeight, parts.imageParts > 1 else {
      return parts.run(call)
    }
    // Partial sums over some images each, not rounded before they are added.
    let dw = call.target
    let dtype = DType.float32
    let device = dw.storage.device
    let sums = StridedView(
      empty: Layout(contiguous: [parts.imageParts] + dw.layout.shape), dtype: dtype, device: device)
    var partial = call
    partial.target = sums[0]
    guard parts.run(partial, targetStep: dw.layout.numel) else { return false }
    let total =
      dw.dtype == dtype ? dw : StridedView(empty: dw.layout, dtype: dtype, device: device)
    let backend = device.backend
    backend.reduce(.sum, sums, over: [true] + dw.layout.shape.map { _ in false }, into: total)
    if dw.dtype != dtype { backend.convert(total, into: dw) }
    return true
  }
}

/// How a convolution is divided among threads: images first, then channels. This depends on its
/// shape only, and so results do not depend on the number of threads.
private struct ConvolutionParts {
  /// The images of a part; the last one may have fewer.
  let images: Int
  let imageParts: Int
  /// The channels of a part.
  let channels: Int
  let channelParts: Int

  init(_ call: ConvolutionCall) {
    // About 50 µs of work each. Reordering an element costs as much as some multiplications.
    let elements = call.images * (call.inputElements + call.outputElements)
    let wanted = min(max((call.multiplications + 16 * elements) / 4_000_000, 1), 32)
    var limit = call.images
    if call.kind == .gradientOfWeight {
      // A partial sum costs as much as some hundred multiplications for each weight.
      limit = min(limit, 8, call.images * call.positions / 1600)
    }
    images = call.images.dividedRoundingUp(by: max(min(limit, wanted), 1))
    imageParts = call.images.dividedRoundingUp(by: images)
    // Kernels compute 16 channels at a time.
    let more = min(wanted, 8) / imageParts
    channelParts =
      (1...max(more, 1)).last { call.channels % ($0 * 16) == 0 || $0 == 1 }!
    channels = call.channels / channelParts
  }

  /// Computes the parts on several threads; false if there is no kernel.
  ///
  /// - Parameter targetStep: the number of elements from one partial sum to the next.
  func run(_ call: ConvolutionCall, targetStep: Int = 0) -> Bool {
    let last = call.images - (imageParts - 1) * images
    guard let operation = call.operation(images: images, channels: channels),
      let lastOperation = last == images
        ? operation : call.operation(images: last, channels: channels)
    else { return false }
    withReorderedWeights(of: call, for: operation) { weights in
      let byteCount = max(operation.workspaceSize, lastOperation.workspaceSize)
      // Each thread takes the next part, since parts are few and other programs also need time.
      let (count, next) = (imageParts * channelParts, Counter())
      shared(count: min(count, numThreads), grain: 1) { _ in
        withWorkspace(byteCount: byteCount) { workspace in
          while case let part = next.take(), part < count {
            let (image, channel) = (part / channelParts, part % channelParts)
            let own = image == imageParts - 1 ? lastOperation : operation
            var offsets = call.offsets(image: image * images, channel: channel * channels)
            offsets.target += image * targetStep
            var operands = [
              memory(call.left, offsets.left), memory(call.right, offsets.right),
              memory(call.target, offsets.target),
              call.bias.map { memory($0, offsets.bias) } ?? OneDNNMemory(),
            ]
            if let weights, own === operation {
              operands[1] = OneDNNMemory(
                elements: nil, reordered: weights + channel * weightSize(of: operation))
            }
            own.run(operands, in: workspace)
          }
        }
      }
    }
    return true
  }

  /// Calls `body` with the weights of each part's channels in oneDNN's order, for all images; with
  /// nil if they are needed once, or as they are.
  private func withReorderedWeights(
    of call: ConvolutionCall, for operation: CompiledOperation,
    _ body: (UnsafeMutableRawPointer?) -> Void
  ) {
    let size = weightSize(of: operation)
    guard call.kind != .gradientOfWeight, imageParts > 1, size > 0 else { return body(nil) }
    withWorkspace(byteCount: size * channelParts) { weights in
      shared(count: channelParts, grain: 1 + 500_000 / size) { range in
        withWorkspace(byteCount: operation.workspaceSize) { workspace in
          for part in range {
            let offset = call.offsets(image: 0, channel: part * channels).right
            operation.reorder(
              1, memory(call.right, offset).elements!, to: weights + part * size, in: workspace)
          }
        }
      }
      body(weights)
    }
  }

  private func weightSize(of operation: CompiledOperation) -> Int {
    aligned(operation.reorderedSizes[1])
  }

  private func memory(_ view: StridedView, _ offset: Int) -> OneDNNMemory {
    OneDNNMemory(elements: view.pointer + offset * view.dtype.itemSize, reordered: nil)
  }
}

/// The numbers from 0, each taken once by any thread.
private final class Counter: Sendable {
  private let next = Atomic(0)

  func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

extension Int {
  fileprivate func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
