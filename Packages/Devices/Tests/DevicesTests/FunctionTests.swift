import Devices
import Foundation
import Testing

#if arch(x86_64)
  // Float80 has the precision to tell what is right in the last place of a Double.

  /// A function with its value in extended precision, and how many units in the last place its
  /// result may differ from the correctly rounded one.
  struct ExactFunction: Sendable, CustomTestStringConvertible {
    let operation: UnaryOperation
    let units: Int
    let q: Double
    let exact: @Sendable (Float80) -> Float80

    init(
      _ operation: UnaryOperation, within units: Int = 1, q: Double = 1,
      _ exact: @escaping @Sendable (Float80) -> Float80
    ) {
      (self.operation, self.units, self.q, self.exact) = (operation, units, q, exact)
    }

    var testDescription: String { operation.description }

    static let all = [
      ExactFunction(.exp) { exp($0) },
      ExactFunction(.expm1) { expm1($0) },
      ExactFunction(.exp2) { exp2($0) },
      ExactFunction(.log) { log($0) },
      ExactFunction(.log1p) { log1p($0) },
      ExactFunction(.log2) { log2($0) },
      ExactFunction(.log10) { log10($0) },
      ExactFunction(.sqrt, within: 0) { $0.squareRoot() },
      ExactFunction(.rsqrt) { 1 / $0.squareRoot() },
      ExactFunction(.reciprocal, within: 0) { 1 / $0 },
      ExactFunction(.sin) { sin($0) },
      ExactFunction(.cos) { cos($0) },
      ExactFunction(.tan) { tan($0) },
      ExactFunction(.asin) { asin($0) },
      ExactFunction(.acos) { acos($0) },
      ExactFunction(.atan) { atan($0) },
      ExactFunction(.sinh) { sinh($0) },
      ExactFunction(.cosh) { cosh($0) },
      ExactFunction(.tanh) { tanh($0) },
      ExactFunction(.asinh) { asinh($0) },
      ExactFunction(.acosh) { acosh($0) },
      ExactFunction(.atanh) { atanh($0) },
      ExactFunction(.erf) { erf($0) },
      ExactFunction(.erfc, within: 3) { erfc($0) },
      ExactFunction(.sigmoid, within: 2) { 1 / (1 + exp(-$0)) },
      ExactFunction(.logSigmoid, within: 2) { $0 < 0 ? $0 - log1p(exp($0)) : -log1p(exp(-$0)) },
      ExactFunction(.softplus, within: 2, q: 20) { $0 > 20 ? $0 : log1p(exp($0)) },
      ExactFunction(.elu) { $0 > 0 ? $0 : expm1($0) },
      ExactFunction(.silu, within: 2) { $0 == -.infinity ? -0.0 : $0 / (1 + exp(-$0)) },
      ExactFunction(.gelu, within: 4) {
        $0 == -.infinity ? -0.0 : $0 * erfc(-$0 / Float80(2).squareRoot()) / 2
      },
      ExactFunction(.mish, within: 4) { $0 == -.infinity ? -0.0 : $0 * tanh(log1p(exp($0))) },
    ]
  }

  @Test(arguments: ExactFunction.all)
  func functionsAreExactInFloat32(_ function: ExactFunction) {
    let some = stride(from: UInt32(0), to: .max - 65_537, by: 65_537).map(Float.init(bitPattern:))
    check(function, some + stride(from: -10, to: 10, by: 0.000_977), .float32)
  }

  @Test(arguments: ExactFunction.all)
  func functionsAreExactInFloat64(_ function: ExactFunction) {
    let gap: UInt64 = .max / 40_000
    let some = stride(from: UInt64(0), to: .max - gap, by: Int(gap)).map(Double.init(bitPattern:))
    check(function, some + stride(from: -10, to: 10, by: 0.000_977), .float64)
  }

  private func check<Number: BinaryFloatingPoint>(
    _ function: ExactFunction, _ arguments: [Number], _ dtype: DType
  ) {
    let x = view(arguments, dtype)
    let y = StridedView(empty: x.layout, dtype: dtype, device: .cpu)
    CPUBackend().unary(function.operation, x, 1, function.q, into: y)
    let exact = arguments.map { function.exact(Float80($0)) }
    let worst = furthest(numbers(y, as: Number.self), from: exact)
    #expect(
      worst.units <= Float80(function.units) + 0.5,
      "\(function.operation) of \(arguments[worst.index]) is \(worst.units) units off")
  }

  /// Every number of half precision: the result is the exact one, rounded once, or next to a tie.
  @Test(arguments: ExactFunction.all, [DType.float16, .bfloat16])
  func functionsOfHalvesAreRoundedOnce(_ function: ExactFunction, _ dtype: DType) {
    let x = view([UInt16](0...UInt16.max), dtype)
    let y = StridedView(empty: x.layout, dtype: dtype, device: .cpu)
    CPUBackend().unary(function.operation, x, 1, function.q, into: y)
    let results = numbers(y.copied(to: .float32), as: Float.self)
    let (bits, least, largest) = dtype == .float16 ? (10, -14, 0x1.ffcp15) : (7, -126, 0x1.fep127)
    for (x, result) in zip(numbers(x.copied(to: .float32), as: Float.self), results) {
      let exact = function.exact(Float80(x))
      let exponent = exact == 0 ? least : max(Int(exact.exponent), least)
      let unit = Float80(sign: .plus, exponent: exponent - bits, significand: 1)
      let isTooLarge = abs(exact) >= Float80(largest) + unit / 2
      let isRight =
        exact.isNaN
        ? result.isNaN
        : isTooLarge
          ? result.isInfinite && result.sign == exact.sign
          : abs(Float80(result) - exact) <= 0.52 * unit
      #expect(isRight, "\(function.operation) of \(x) is \(result) instead of \(exact)")
    }
  }

  @Test(arguments: [
    UnaryOperation.expm1, .log1p, .sin, .tan, .asin, .atan, .sinh, .tanh, .asinh, .atanh, .erf,
  ])
  func oddFunctionsKeepTheSignOfZero(_ operation: UnaryOperation) {
    let x = view([-0.0, 0.0], .float64)
    let y = StridedView(empty: x.layout, dtype: .float64, device: .cpu)
    CPUBackend().unary(operation, x, 0, 0, into: y)
    #expect(numbers(y, as: Double.self).map(\.sign) == [.minus, .plus])
  }

  /// Powers and angles of numbers of all sizes, and of special ones.
  @Test(arguments: [BinaryOperation.power, .atan2])
  func functionsOfTwoNumbersAreExact(_ operation: BinaryOperation) {
    func check<Number: BinaryFloatingPoint>(_ some: [Number], _ dtype: DType) {
      let pairs = some.flatMap { a in some.map { (a, $0) } }
      let (a, b) = (view(pairs.map(\.0), dtype), view(pairs.map(\.1), dtype))
      let y = StridedView(empty: a.layout, dtype: dtype, device: .cpu)
      CPUBackend().binary(operation, a, b, into: y)
      let exact = pairs.map { a, b in
        operation == .power ? pow(Float80(a), Float80(b)) : atan2(Float80(a), Float80(b))
      }
      let worst = furthest(numbers(y, as: Number.self), from: exact)
      #expect(
        worst.units <= 1.5, "\(operation) of \(pairs[worst.index]) is \(worst.units) units off")
    }
    let special: [Double] = [0, 1, 2, 3, 0.5, 1.5, 127, 149, .infinity, 1e30, 1e-40, .nan]
    let sizes = stride(from: -12, to: 12, by: 0.37).map { exp2($0 * abs($0)) }
    let some = (special + sizes).flatMap { [$0, -$0] }
    check(some, .float64)
    check(some.map { Float($0) }, .float32)
  }

  /// Remainders are exact, whatever the quotient.
  @Test(arguments: [DType.float32, .float64])
  func remaindersAreExact(_ dtype: DType) {
    func check<Number: BinaryFloatingPoint>(_ some: [Number]) {
      let pairs = some.flatMap { a in some.map { (a, $0) } }
      let (a, b) = (view(pairs.map(\.0), dtype), view(pairs.map(\.1), dtype))
      let y = StridedView(empty: a.layout, dtype: dtype, device: .cpu)
      CPUBackend().binary(.remainder, a, b, into: y)
      for ((a, b), result) in zip(pairs, numbers(y, as: Number.self)) {
        var exact = a.truncatingRemainder(dividingBy: b)
        if exact != 0, (exact < 0) != (b < 0) { exact += b }
        #expect(exact.isNaN ? result.isNaN : result == exact, "\(a) % \(b) is \(result)")
      }
    }
    let sizes = stride(from: -11, to: 11, by: 0.37).map { exp2($0 * abs($0)) }
    let some = ([0, 1, 3, 7, .infinity, .nan] + sizes).flatMap { [$0, -$0] }
    dtype == .float32 ? check(some.map { Float($0) }) : check(some)
  }

  /// The index of the result that is furthest from the exact one, and how far, in units in the last
  /// place.
  private func furthest<Number: BinaryFloatingPoint>(
    _ results: [Number], from exact: [Float80]
  ) -> (units: Float80, index: Int) {
    var worst: (units: Float80, index: Int) = (0, 0)
    for (index, (result, exact)) in zip(results, exact).enumerated() {
      let rounded = Number(exact)
      let units: Float80
      if rounded.isNaN || result.isNaN {
        units = rounded.isNaN && result.isNaN ? 0 : .infinity
      } else if rounded.sign != result.sign, rounded != 0 {
        units = .infinity
      } else if rounded.isInfinite || result.isInfinite {
        // Results next to the largest number may be rounded to infinity, and the reverse.
        let smaller = Swift.min(abs(rounded), abs(result))
        units = rounded == result ? 0 : smaller == .greatestFiniteMagnitude ? 1 : .infinity
      } else {
        units = abs(Float80(result) - exact) / Float80(max(rounded.ulp, .leastNonzeroMagnitude))
      }
      if units > worst.units { worst = (units, index) }
    }
    return worst
  }

  private func view<Number>(_ numbers: [Number], _ dtype: DType) -> StridedView {
    let view = StridedView(
      empty: Layout(contiguous: [numbers.count]), dtype: dtype, device: .cpu)
    numbers.withUnsafeBytes {
      CPUBackend().copy(from: $0.baseAddress!, to: view.pointer, byteCount: $0.count)
    }
    return view
  }

  private func numbers<Number>(_ view: StridedView, as type: Number.Type) -> [Number] {
    let pointer = view.pointer.assumingMemoryBound(to: type)
    return (0..<view.layout.numel).map { pointer[$0] }
  }
#endif
