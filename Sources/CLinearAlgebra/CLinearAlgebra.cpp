// Eigen's sparse Cholesky factorisation behind C functions: types and exceptions end here. Nothing of Eigen that is not under the MPL 2 is let in.
#define EIGEN_MPL2_ONLY
#include "CLinearAlgebra.h"
#include <eigen3/Eigen/SparseCholesky>
#include <memory>
#include <new>

using Sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, int32_t>;

struct CSparseFactor : Eigen::SimplicialLLT<Sparse, Eigen::Lower> {
    // Takes over what depends only on the places of the entries.
    void copyAnalysis(const CSparseFactor &other) {
        m_parent = other.m_parent;
        m_nonZerosPerCol = other.m_nonZerosPerCol;
        m_P = other.m_P;
        m_Pinv = other.m_Pinv;
        m_matrix = other.m_matrix;
        m_analysisIsOk = other.m_analysisIsOk;
        m_info = other.m_info;
        this->Eigen::SparseSolverBase<Eigen::SimplicialLLT<Sparse, Eigen::Lower>>::m_isInitialized = true;
    }

    // Eigen counts what is below the diagonal.
    CSparseCost cost() const {
        Eigen::VectorXd counts = m_nonZerosPerCol.cast<double>().array() + 1;
        return {counts.sum(), counts.squaredNorm()};
    }

    CSparseColumns columns() const {
        return {m_matrix.outerIndexPtr(), m_matrix.innerIndexPtr(), m_matrix.valuePtr(), m_P.indices().data(), m_matrix.nonZeros()};
    }
};

template <typename Body> static CSparseStatus make(CSparseFactor **result, Body body) {
    *result = nullptr;
    try {
        std::unique_ptr<CSparseFactor> factor(new CSparseFactor);
        CSparseStatus status = body(*factor);
        if (status == CSPARSE_OK) *result = factor.release();
        return status;
    } catch (const std::bad_alloc &) {
        return CSPARSE_OUT_OF_MEMORY;
    }
}

CSparseStatus csparse_analyze(int32_t n, const int32_t *starts, const int32_t *rows, CSparseFactor **factor) {
    return make(factor, [=](CSparseFactor &made) {
        // The values do not matter, but Eigen copies them.
        Eigen::VectorXd values = Eigen::VectorXd::Ones(starts[n]);
        made.analyzePattern(Eigen::Map<const Sparse>(n, n, starts[n], starts, rows, values.data()));
        return CSPARSE_OK;
    });
}

CSparseStatus csparse_factor(
    const CSparseFactor *analysis, int32_t n, const int32_t *starts, const int32_t *rows, const double *values, CSparseFactor **factor) {
    return make(factor, [=](CSparseFactor &made) {
        made.copyAnalysis(*analysis);
        made.factorize(Eigen::Map<const Sparse>(n, n, starts[n], starts, rows, values));
        return made.info() == Eigen::Success ? CSPARSE_OK : CSPARSE_NOT_POSITIVE_DEFINITE;
    });
}

CSparseCost csparse_cost(const CSparseFactor *analysis) { return analysis->cost(); }

CSparseColumns csparse_columns(const CSparseFactor *factor) { return factor->columns(); }

void csparse_free(CSparseFactor *factor) { delete factor; }
