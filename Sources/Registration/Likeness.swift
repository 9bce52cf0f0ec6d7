import BSBBasics
import BSBImages
import BSBLinearAlgebra

/// How much a node of the photo looks like a point of a surface: 1 as much as the most similar point, 0 as much as the mean point.
///
/// Cosines of different pixels do not compare; some are like everything. So each is seen beside those of points spread over the surface.
struct Likeness: Sendable {
    let lattice: ObjectLattice
    /// For each node inside the mean cosine over the surface, and one over what the largest exceeds it by.
    private let means: [Float]
    private let gains: [Float]

    init(_ lattice: ObjectLattice, samples: Matrix, parallelism: Parallelism) {
        self.lattice = lattice
        let cosines = Matrix.product(lattice.features.factor, samples.transposed, parallelism: parallelism)
        let means = (0..<cosines.rows).map { cosines.row($0).reduce(0, +) / Float(max(1, cosines.columns)) }
        self.means = means
        let spans = (0..<cosines.rows).map { (cosines.row($0).max() ?? 0) - means[$0] }
        let typical = spans.sorted()[spans.count / 2]
        // A pixel that tells no point from another has little to say.
        gains = spans.map { 1 / max($0, typical, 1e-6) }
    }

    /// The likeness that a cosine with the feature in a row of the lattice means.
    func value(_ cosine: Float, row: Int) -> Float { (cosine - means[row]) * gains[row] }

    /// The likeness of a feature of length 1 to that of a row of the lattice.
    func value(_ feature: ArraySlice<Float>, row: Int) -> Float {
        let cosine = feature.withUnsafeBufferPointer { a in
            lattice.features.row(row).withUnsafeBufferPointer { Vectors.dot(a, $0) }
        }
        return value(cosine, row: row)
    }

    /// What a view scores: a constant and the likeness, summed where both the object and the surface are, over all where either is.
    ///
    /// - Parameter likeness: summed over the nodes where both are.
    /// - Parameter common: nodes where both are.
    /// - Parameter either: nodes where one of them is.
    static func score(likeness: Float, common: Int, either: Int) -> Double {
        either > 0 ? Double(likeness + base * Float(common)) / Double((1 + base) * Float(either)) : 0
    }

    /// What covering the object counts beside looking like it.
    static let base: Float = 1
}
