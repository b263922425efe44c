import Devices

/// The elements of a view, loaded and stored as `Int64` or `Double`.
struct Elements {
  private let start: UnsafeMutableRawPointer
  private let dtype: DType

  init(_ view: StridedView) {
    // A scalar operand may be on the CPU.
    start = view.storage.device == .cpu ? view.pointer : Self.uncovered(view.pointer)
    dtype = view.dtype
  }

  /// A bit set in all of the device's pointers, which makes them invalid addresses: a program that
  /// dereferences one directly crashes.
  static let disguise: UInt = 1 << 55

  /// The real address of one of the device's pointers.
  static func uncovered(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: pointer) ^ disguise)!
  }

  private func load<Element>(_ place: Int, _: Element.Type) -> Element {
    start.load(fromByteOffset: place * MemoryLayout<Element>.stride, as: Element.self)
  }

  private func write<Element: BitwiseCopyable>(_ element: Element, _ place: Int) {
    start.storeBytes(
      of: element, toByteOffset: place * MemoryLayout<Element>.stride, as: Element.self)
  }

  /// The address of an element.
  subscript(place: Int) -> UnsafeMutableRawPointer { start + place * dtype.itemSize }

  func int(_ place: Int) -> Int64 {
    switch dtype {
    case .bool, .uint8: Int64(load(place, UInt8.self))
    case .int8: Int64(load(place, Int8.self))
    case .int16: Int64(load(place, Int16.self))
    case .int32: Int64(load(place, Int32.self))
    case .int64: load(place, Int64.self)
    case .float16, .bfloat16, .float32, .float64: whole(double(place))
    }
  }

  func double(_ place: Int) -> Double {
    switch dtype {
    case .float64: load(place, Double.self)
    case .float32: Double(load(place, Float.self))
    case .float16: Double(load(place, Float16.self))
    case .bfloat16: Double(Float(bitPattern: UInt32(load(place, UInt16.self)) << 16))
    case .bool, .uint8, .int8, .int16, .int32, .int64: Double(int(place))
    }
  }

  /// Truncates the integer to the bits that fit.
  func store(_ x: Int64, _ place: Int) {
    switch dtype {
    case .bool: write(x != 0, place)
    case .uint8: write(UInt8(truncatingIfNeeded: x), place)
    case .int8: write(Int8(truncatingIfNeeded: x), place)
    case .int16: write(Int16(truncatingIfNeeded: x), place)
    case .int32: write(Int32(truncatingIfNeeded: x), place)
    case .int64: write(x, place)
    case .float32: write(Float(x), place)
    case .float16, .bfloat16, .float64: store(Double(x), place)
    }
  }

  func store(_ x: Double, _ place: Int) {
    switch dtype {
    case .float64: write(x, place)
    case .float32: write(Float(x), place)
    case .float16: write(Float16(Float(x)), place)
    case .bfloat16:
      // Round to nearest, ties to even.
      let bits = Float(x).bitPattern
      write(
        x.isNaN ? 0x7fc0 : UInt16((UInt64(bits) + 0x7fff + UInt64(bits >> 16 & 1)) >> 16), place)
    case .bool: write(x != 0, place)
    case .uint8, .int8, .int16, .int32, .int64: store(whole(x), place)
    }
  }

  /// Copies an element of the same dtype.
  func copy(_ source: Elements, _ from: Int, _ to: Int) {
    self[to].copyMemory(from: source[from], byteCount: dtype.itemSize)
  }

  /// The number truncated to an integer, or `Int64.min` if it is out of range.
  private func whole(_ x: Double) -> Int64 { abs(x) < 0x1p63 ? Int64(x) : .min }
}

/// Calls `body` for each index in row-major order, with the offset of each operand's element.
func walk(_ shape: [Int], _ strides: [[Int]], _ body: ([Int]) -> Void) {
  guard !shape.contains(0) else { return }
  var at = strides.map { _ in 0 }
  var index = shape.map { _ in 0 }
  while true {
    body(at)
    var dim = shape.count - 1
    while dim >= 0 {
      index[dim] += 1
      for place in at.indices { at[place] += strides[place][dim] }
      if index[dim] < shape[dim] { break }
      for place in at.indices { at[place] -= shape[dim] * strides[place][dim] }
      index[dim] = 0
      dim -= 1
    }
    if dim < 0 { return }
  }
}

func walk(_ views: StridedView..., body: ([Int]) -> Void) {
  walk(views[0].layout.shape, views.map(\.layout.strides), body)
}
