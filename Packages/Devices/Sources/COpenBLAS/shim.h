#if __has_include(<cblas.h>)
#include <cblas.h>
#else
#error "OpenBLAS is missing: install the Debian package libopenblas-dev, or run ./Scripts/setup"
#endif

// The LAPACK routines of OpenBLAS that Flambeau calls, whose package has no header for them, for float and double:
// s_getrf calls sgetrf_ and returns its info. Matrices are column-major. https://netlib.org/lapack/explore-html/
#define LAPACK_OF(p, T)                                                                                              \
  void p##getrf_(const int *, const int *, T *, const int *, int *, int *);                                          \
  void p##getrs_(const char *, const int *, const int *, const T *, const int *, const int *, T *, const int *,      \
                 int *);                                                                                             \
  void p##laswp_(const int *, T *, const int *, const int *, const int *, const int *, const int *);                 \
  void p##potrf_(const char *, const int *, T *, const int *, int *);                                                \
  void p##geqrt3_(const int *, const int *, T *, const int *, T *, const int *, int *);                              \
  void p##larfb_(const char *, const char *, const char *, const char *, const int *, const int *, const int *,      \
                 const T *, const int *, const T *, const int *, T *, const int *, T *, const int *);                \
  void p##gesdd_(const char *, const int *, const int *, T *, const int *, T *, T *, const int *, T *, const int *,  \
                 T *, const int *, int *, int *);                                                                    \
  void p##syevd_(const char *, const char *, const int *, T *, const int *, T *, T *, const int *, int *,            \
                 const int *, int *);                                                                                \
                                                                                                                     \
  static inline int p##_getrf(int m, int n, T *a, int lda, int *pivots) {                                            \
    int info;                                                                                                        \
    p##getrf_(&m, &n, a, &lda, pivots, &info);                                                                       \
    return info;                                                                                                     \
  }                                                                                                                  \
  static inline int p##_getrs(char transposed, int n, int count, const T *a, int lda, const int *pivots, T *b) {     \
    int info;                                                                                                        \
    p##getrs_(&transposed, &n, &count, a, &lda, pivots, b, &n, &info);                                               \
    return info;                                                                                                     \
  }                                                                                                                  \
  /* Exchanges rows 0, 1, … of n columns with those that the pivots name. */                                         \
  static inline void p##_laswp(int n, T *a, int lda, int count, const int *pivots) {                                 \
    int first = 1, step = 1;                                                                                         \
    p##laswp_(&n, a, &lda, &first, &count, pivots, &step);                                                           \
  }                                                                                                                  \
  static inline int p##_potrf(char triangle, int n, T *a, int lda) {                                                 \
    int info;                                                                                                        \
    p##potrf_(&triangle, &n, a, &lda, &info);                                                                        \
    return info;                                                                                                     \
  }                                                                                                                  \
  static inline int p##_geqrt3(int m, int n, T *a, int lda, T *t, int ldt) {                                         \
    int info;                                                                                                        \
    p##geqrt3_(&m, &n, a, &lda, t, &ldt, &info);                                                                     \
    return info;                                                                                                     \
  }                                                                                                                  \
  /* Multiplies c by the reflections of geqrt3, from the left; `work` has n · k elements. */                         \
  static inline void p##_larfb(char transposed, int m, int n, int k, const T *v, int ldv, const T *t, int ldt, T *c, \
                               int ldc, T *work) {                                                                   \
    p##larfb_("L", &transposed, "F", "C", &m, &n, &k, v, &ldv, t, &ldt, c, &ldc, work, &n);                          \
  }                                                                                                                  \
  static inline int p##_gesdd(int m, int n, T *a, T *s, T *u, T *vt, int ldvt, T *work, int count, int *integers) {  \
    int info;                                                                                                        \
    p##gesdd_("S", &m, &n, a, &m, s, u, &m, vt, &ldvt, work, &count, integers, &info);                               \
    return info;                                                                                                     \
  }                                                                                                                  \
  static inline int p##_syevd(int n, T *a, T *w, T *work, int count, int *integers, int integer_count) {             \
    int info;                                                                                                        \
    p##syevd_("V", "L", &n, a, &n, w, work, &count, integers, &integer_count, &info);                                \
    return info;                                                                                                     \
  }
LAPACK_OF(s, float)
LAPACK_OF(d, double)
#undef LAPACK_OF
