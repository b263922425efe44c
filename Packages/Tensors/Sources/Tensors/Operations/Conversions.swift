// Conversions named after dtypes and devices; `to(_:)` takes any.

extension Tensor {
  /// Converted to float32: `torch.Tensor.float`.
  public func float() -> Tensor { to(.float32) }
  /// Converted to float64: `torch.Tensor.double`.
  public func double() -> Tensor { to(.float64) }
  /// Converted to float16: `torch.Tensor.half`.
  public func half() -> Tensor { to(.float16) }
  /// Converted to bfloat16: `torch.Tensor.bfloat16`.
  public func bfloat16() -> Tensor { to(.bfloat16) }
  /// Converted to int64: `torch.Tensor.long`.
  public func long() -> Tensor { to(.int64) }
  /// Converted to int32: `torch.Tensor.int`.
  public func int() -> Tensor { to(.int32) }
  /// Converted to bool, true where an element is not 0: `torch.Tensor.bool`.
  public func bool() -> Tensor { to(.bool) }

  /// Copied to the CPU: `torch.Tensor.cpu`.
  public func cpu() -> Tensor { to(.cpu) }
  /// Copied to an NVIDIA GPU; stops the program if there is none: `torch.Tensor.cuda`.
  public func cuda(_ index: Int = 0) -> Tensor { to(.cuda(index)) }
}
