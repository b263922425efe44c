import CKernels
import COneDNN

/// A convolution, or one of its gradients, with its views in the order of a backend's parameters;
/// all are contiguous.
struct ConvolutionCall {
  let kind: OneDNNConvolutionKind
  let (left, right): (StridedView, StridedView)
  var bias: StridedView?
  let windows: Windows
  let groups: Int
  var target: StridedView

  private var ofInput: Bool { kind == .gradientOfInput }
  private var ofWeight: Bool { kind == .gradientOfWeight }

  var images: Int { left.layout.shape[0] }
  /// The channels of a group.
  var inputs: Int { (ofWeight ? target : right).layout.shape[1] }
  var outputs: Int { (ofWeight ? target : right).layout.shape[0] / groups }
  var places: Int { windows.kernel_height * windows.kernel_width }
  var positions: Int { windows.out_height * windows.out_width }
  /// The elements of an image and of its result.
  var inputElements: Int { groups * inputs * windows.height * windows.width }
  var outputElements: Int { groups * outputs * positions }
  var multiplications: Int { images * groups * inputs * outputs * places * positions }

  /// The number of channels that can be computed separately, or of groups of them.
  var channels: Int { groups > 1 ? groups : ofInput ? inputs : outputs }

  /// The offsets of the operands, in elements, for a part that starts at an image and a channel.
  func offsets(image: Int, channel: Int) -> (left: Int, right: Int, target: Int, bias: Int) {
    let (pixels, weights) = (windows.height * windows.width, outputs * inputs * places)
    let x =
      image * inputElements
      + (groups > 1 ? channel * inputs * pixels : ofInput ? channel * pixels : 0)
    let y =
      image * outputElements
      + (groups > 1 ? channel * outputs * positions : ofInput ? 0 : channel * positions)
    let w =
      channel * (groups > 1 ? weights : ofInput ? places : inputs * places)
    if ofInput { return (y, w, x, 0) }
    if ofWeight { return (x, y, w, 0) }
    return (x, w, y, groups > 1 ? channel * outputs : channel)
  }

  /// The operation for a part of some images and channels.
  func operation(images: Int, channels: Int) -> CompiledOperation? {
    guard let dtype = OneDNN.number(of: left.dtype),
      let weightDType = OneDNN.number(of: ofWeight ? target.dtype : right.dtype)
    else { return nil }
    let part = OneDNNConvolution(
      kind: kind, dtype: dtype, weight_dtype: weightDType, has_bias: bias != nil,
      images: Int64(images), groups: Int64(groups > 1 ? channels : 1),
      inputs: Int64(groups == 1 && ofInput ? channels : inputs),
      outputs: Int64(groups == 1 && !ofInput ? channels : outputs),
      input_stride: Int64(inputElements),
      output_stride: Int64(outputElements), weight_stride: Int64(inputs * places),
      windows: windows)
    return OneDNN.operation(numbers(of: part)) {
      withUnsafePointer(to: part) { flambeau_onednn_convolution($0) }
    }
  }

  private func numbers(of part: OneDNNConvolution) -> [Int] {
    let w = part.windows
    return [
      Int(part.kind.rawValue), Int(part.dtype), Int(part.weight_dtype), part.has_bias ? 1 : 0,
      Int(part.images), Int(part.groups), Int(part.inputs), Int(part.outputs),
      Int(part.input_stride), Int(part.output_stride), Int(part.weight_stride), w.height, w.width,
      w.kernel_height, w.kernel_width, w.stride_height, w.stride_width, w.padding_height,
      w.padding_width, w.dilation_height, w.dilation_width, w.out_height, w.out_width,
    ]
  }
}
