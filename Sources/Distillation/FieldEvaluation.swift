import BSBBackbones
import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// How well a field renders to the features of views, best of views that it was not fitted to.
package struct FieldEvaluation: Sendable {
    private let renderer: SampleRenderer
    private let parallelism: Parallelism
    private var squaredError = 0.0
    private var cosine = 0.0
    private var weight = 0.0
    /// The number of samples compared.
    package private(set) var sampleCount = 0

    /// An evaluation of a field on a mesh.
    ///
    /// - Parameter field: the features to judge.
    /// - Parameter mesh: the mesh.
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Parameter normalizesTargets: whether the views' features are scaled to length 1, as for the fit.
    /// - Throws: `Failure` if the mesh's faces are not of its vertices or the field has another number of them.
    package init(
        field: FeatureField, mesh: Mesh, normalizesTargets: Bool = false, parallelism: Parallelism = Parallelism()
    ) throws {
        guard field.vertexCount == mesh.vertices.count else {
            throw Failure(
                .badInput, "evaluating features", reason: "the field has \(field.vertexCount) vertices, the mesh \(mesh.vertices.count)")
        }
        try mesh.validate()
        renderer = SampleRenderer(triangles: mesh.faces, features: field.values, normalizesTargets: normalizesTargets)
        self.parallelism = parallelism
    }

    /// The mean squared difference for each sample and component, or 0 before any sample.
    package var meanSquaredError: Double { weight > 0 ? squaredError / (weight * Double(max(renderer.features.columns, 1))) : 0 }
    /// The mean cosine between rendered features and the view's, or 0 before any sample.
    package var meanCosine: Double { weight > 0 ? cosine / weight : 0 }

    /// Compares one view.
    ///
    /// Complexity: O(samples x dimension).
    /// - Throws: `Failure` if the view does not fit the mesh or the field.
    package mutating func add(_ view: ViewObservation) throws {
        for (sample, comparison) in zip(view.samples, try renderer.comparisons(view, parallelism: parallelism)) {
            squaredError += Double(sample.weight) * comparison.squaredError
            cosine += Double(sample.weight) * comparison.cosine
            weight += Double(sample.weight)
            sampleCount += 1
        }
    }
}

/// Renders features at the corners of triangles at samples, one sample at a time.
struct SampleRenderer: Sendable {
    /// #F: the rows of the features at the corners.
    let triangles: [SIMD3<UInt32>]
    /// #points x dimension.
    let features: Matrix
    let normalizesTargets: Bool

    struct Comparison: Sendable {
        /// Summed over components.
        var squaredError: Double
        var cosine: Double
    }

    /// The difference of each sample's rendered feature from the view's.
    func comparisons(_ view: ViewObservation, parallelism: Parallelism) throws -> [Comparison] {
        guard view.grid.dimension == features.columns else {
            throw Failure(.badInput, "evaluating features", reason: "the view's features have another length than the field's")
        }
        guard view.samples.allSatisfy({ $0.face >= 0 && $0.face < Int32(triangles.count) }) else {
            throw Failure(.badInput, "evaluating features", reason: "a sample lies in no face of the mesh")
        }
        let block = 512
        return parallelism.map((view.samples.count + block - 1) / block) { index in
            let range = (index * block)..<min(view.samples.count, (index + 1) * block)
            return range.map { compare(view.samples[$0], view.grid) }
        }.flatMap { $0 }
    }

    private func compare(_ sample: SurfaceSample, _ grid: FeatureGrid) -> Comparison {
        let triangle = triangles[Int(sample.face)]
        let (b, stencil, d) = (sample.corners, grid.stencil(at: sample.point), grid.dimension)
        var (ff, fy, yy) = (0.0, 0.0, 0.0)
        features.values.withUnsafeBufferPointer { f in
            grid.values.withUnsafeBufferPointer { g in
                let (i, j, k) = (Int(triangle.x) * d, Int(triangle.y) * d, Int(triangle.z) * d)
                let c = SIMD4<Int>(truncatingIfNeeded: stencil.cells) &* d
                let w = stencil.weights
                for n in 0..<d {
                    let x = Double(b.x * f[i + n] + b.y * f[j + n] + b.z * f[k + n])
                    let y = Double(w[0] * g[c[0] + n] + w[1] * g[c[1] + n] + w[2] * g[c[2] + n] + w[3] * g[c[3] + n])
                    ff += x * x
                    fy += x * y
                    yy += y * y
                }
            }
        }
        let lengths = (ff * yy).squareRoot()
        let cosine = lengths > 0 ? fy / lengths : 0
        guard normalizesTargets else { return Comparison(squaredError: max(0, ff - 2 * fy + yy), cosine: cosine) }
        let length = yy.squareRoot()
        return Comparison(squaredError: length > 0 ? max(0, ff - 2 * fy / length + 1) : ff, cosine: cosine)
    }
}
