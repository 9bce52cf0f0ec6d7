// BLAS (OpenBLAS) and sparse Cholesky factorisation (CHOLMOD), as they are.
#ifndef C_LINEAR_ALGEBRA_H
#define C_LINEAR_ALGEBRA_H
#include <cblas.h>
#include <suitesparse/cholmod.h>
#endif
