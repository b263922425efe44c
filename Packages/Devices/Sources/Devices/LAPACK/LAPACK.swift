import COpenBLAS

/// The element types of BLAS and LAPACK.
protocol LAPACKElement: BinaryFloatingPoint {
  static var routines: LAPACK<Self> { get }
}

extension Float: LAPACKElement {
  static var routines: LAPACK<Float> {
    LAPACK(
      gemm: cblas_sgemm, trsm: cblas_strsm, getrf: s_getrf, getrs: s_getrs, laswp: s_laswp,
      potrf: s_potrf, geqrt3: s_geqrt3, larfb: s_larfb, gesdd: s_gesdd, syevd: s_syevd)
  }
}

extension Double: LAPACKElement {
  static var routines: LAPACK<Double> {
    LAPACK(
      gemm: cblas_dgemm, trsm: cblas_dtrsm, getrf: d_getrf, getrs: d_getrs, laswp: d_laswp,
      potrf: d_potrf, geqrt3: d_geqrt3, larfb: d_larfb, gesdd: d_gesdd, syevd: d_syevd)
  }
}

/// The routines of BLAS and LAPACK for one type of elements, by LAPACK's names without the first
/// letter. Most return `info`, which is not 0 after a failure.
struct LAPACK<T> {
  typealias In = UnsafePointer<T>?
  typealias Out = UnsafeMutablePointer<T>?
  typealias Int32s = UnsafeMutablePointer<Int32>?

  let gemm:
    (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, T, In, Int32, In, Int32,
      T, Out, Int32
    ) -> Void
  let trsm:
    (
      CBLAS_ORDER, CBLAS_SIDE, CBLAS_UPLO, CBLAS_TRANSPOSE, CBLAS_DIAG, Int32, Int32, T, In, Int32,
      Out, Int32
    ) -> Void
  let getrf: (Int32, Int32, Out, Int32, Int32s) -> Int32
  let getrs: (CChar, Int32, Int32, In, Int32, UnsafePointer<Int32>?, Out) -> Int32
  let laswp: (Int32, Out, Int32, Int32, UnsafePointer<Int32>?) -> Void
  let potrf: (CChar, Int32, Out, Int32) -> Int32
  let geqrt3: (Int32, Int32, Out, Int32, Out, Int32) -> Int32
  let larfb: (CChar, Int32, Int32, Int32, In, Int32, In, Int32, Out, Int32, Out) -> Void
  let gesdd: (Int32, Int32, Out, Out, Out, Out, Int32, Out, Int32, Int32s) -> Int32
  let syevd: (Int32, Out, Out, Out, Int32, Int32s, Int32) -> Int32
}

extension LAPACK {
  /// LAPACK's flags.
  static var lower: CChar { CChar(UInt8(ascii: "L")) }
  static var upper: CChar { CChar(UInt8(ascii: "U")) }
  static var transposed: CChar { CChar(UInt8(ascii: "T")) }
  static var asIs: CChar { CChar(UInt8(ascii: "N")) }
}
