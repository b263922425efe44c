import Foundation

extension Tensor: CustomStringConvertible {
  /// The elements as PyTorch prints them: aligned columns, four decimal digits, scientific notation
  /// where magnitudes differ widely, and `...` in place of the middle of long dims.
  public var description: String {
    let isLong = numel > 1000
    let elements = detach()
    let format = ElementFormat(elements.shown(summarized: isLong))
    var text = "tensor(" + elements.text(format, indent: 7, summarized: isLong)
    if device != .cpu { text += ", device='\(device)'" }
    if numel == 0, ndim != 1 { text += ", size=\(shape)" }
    let isDefault = dtype == .float32 || (numel > 0 && (dtype == .int64 || dtype == .bool))
    if !isDefault { text += ", dtype=\(dtype)" }
    if let gradFn {
      text += ", gradFn=<\(gradFn)>"
    } else if requiresGrad {
      text += ", requiresGrad=true"
    }
    return text + ")"
  }

  /// The number of elements printed at each end of a long dim.
  private static let edgeItems = 3

  /// The elements that are printed.
  private func shown(summarized: Bool) -> Tensor {
    var part = self
    for dim in 0..<ndim where summarized && part.shape[dim] > 2 * Tensor.edgeItems {
      let tail = part.narrow(
        dim, start: part.shape[dim] - Tensor.edgeItems, length: Tensor.edgeItems)
      part = .cat([part.narrow(dim, start: 0, length: Tensor.edgeItems), tail], dim: dim)
    }
    return part
  }

  private func text(_ format: ElementFormat, indent: Int, summarized: Bool) -> String {
    guard let count = shape.first else { return format.text(self) }
    let isCut = summarized && count > 2 * Tensor.edgeItems
    let places =
      isCut
      ? Array(0..<Tensor.edgeItems) + Array(count - Tensor.edgeItems..<count) : Array(0..<count)
    var parts = places.map {
      select(0, $0).text(format, indent: indent + 1, summarized: summarized)
    }
    if isCut { parts.insert(ndim == 1 ? " ..." : "...", at: Tensor.edgeItems) }
    guard ndim == 1 else {
      let gap = String(repeating: "\n", count: ndim - 1) + String(repeating: " ", count: indent + 1)
      return "[" + parts.joined(separator: "," + gap) + "]"
    }
    let perLine = Swift.max(1, (80 - indent) / (format.width + 2))
    let lines = stride(from: 0, to: parts.count, by: perLine).map {
      parts[$0..<Swift.min($0 + perLine, parts.count)].joined(separator: ", ")
    }
    return "[" + lines.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
  }
}

/// The format of a tensor's elements, chosen by PyTorch's rules so that columns align.
private struct ElementFormat {
  private enum Notation {
    case truth, integer, whole, fixed, scientific
  }

  private var notation: Notation
  private(set) var width = 1

  init(_ elements: Tensor) {
    if elements.dtype == .bool {
      notation = .truth
    } else if !elements.dtype.isFloatingPoint {
      notation = .integer
    } else {
      let sizes = elements.scalars(as: Double.self).filter { $0.isFinite && $0 != 0 }.map(abs)
      notation = sizes.allSatisfy { $0 == $0.rounded() } ? .whole : .fixed
      if let smallest = sizes.min(), let largest = sizes.max() {
        let isWide = largest / smallest > 1000 || largest > 1e8
        if isWide || (notation == .fixed && smallest < 1e-4) { notation = .scientific }
      }
    }
    let flat = elements.flatten()
    for index in 0..<flat.numel {
      let element = flat.select(0, index)
      if elements.dtype.isFloatingPoint {
        let number = element.item()
        guard number.isFinite, number != 0 else { continue }
      }
      width = Swift.max(width, unpadded(element).count)
    }
  }

  /// The text of a tensor of one element, padded to the column's width.
  func text(_ element: Tensor) -> String {
    let text = unpadded(element)
    return String(repeating: " ", count: Swift.max(0, width - text.count)) + text
  }

  private func unpadded(_ element: Tensor) -> String {
    // C prints the sign of a NaN, too.
    if element.dtype.isFloatingPoint, element.item().isNaN { return "nan" }
    switch notation {
    case .truth: return "\(element.item(as: Bool.self))"
    case .integer: return "\(element.item(as: Int.self))"
    case .whole:
      let number = element.item()
      return String(format: "%.0f", number) + (number.isFinite ? "." : "")
    case .fixed: return String(format: "%.4f", element.item())
    case .scientific: return String(format: "%.4e", element.item())
    }
  }
}
