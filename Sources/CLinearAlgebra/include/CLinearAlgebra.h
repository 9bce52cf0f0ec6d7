// Dense linear algebra (OpenBLAS: BLAS, and two routines of its LAPACK), as it is, and sparse Cholesky factorisation (Eigen) behind C functions.
#ifndef C_LINEAR_ALGEBRA_H
#define C_LINEAR_ALGEBRA_H
#include <cblas.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A lower triangular L with P A P' = L L', or only the places of its entries.
typedef struct CSparseFactor CSparseFactor;

// What came out of a call.
typedef enum {
    CSPARSE_OK = 0,
    CSPARSE_OUT_OF_MEMORY,
    CSPARSE_NOT_POSITIVE_DEFINITE,
} CSparseStatus;

// What a factor takes: its entries, and the multiplications of the elimination.
typedef struct {
    double entries;
    double multiplications;
} CSparseCost;

// The compressed columns of L, the diagonal first in each, and where each row of A went: P has a one at (permutation[i], i). Borrowed from the factor.
typedef struct {
    const int32_t *starts;
    const int32_t *rows;
    const double *values;
    const int32_t *permutation;
    int64_t count;
} CSparseColumns;

// An elimination order (approximate minimum degree) and the places of L's entries, for a symmetric n x n matrix given by its compressed columns.
CSparseStatus csparse_analyze(int32_t n, const int32_t *starts, const int32_t *rows, CSparseFactor **factor);
// L for a matrix with entries in the analysed places, whose analysis is copied; only the lower triangle is read.
CSparseStatus csparse_factor(
    const CSparseFactor *analysis, int32_t n, const int32_t *starts, const int32_t *rows, const double *values, CSparseFactor **factor);
// What a factor would take; Eigen's indices have 32 bits, and it does not look whether they suffice for it.
CSparseCost csparse_cost(const CSparseFactor *analysis);
CSparseColumns csparse_columns(const CSparseFactor *factor);
void csparse_free(CSparseFactor *factor);

#ifdef __cplusplus
}
#endif
#endif
