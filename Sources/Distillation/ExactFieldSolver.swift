import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// The per-vertex features that render to the views' features with the least squared error, by one sparse linear system.
///
/// It minimises the error that the published coordinate network minimises (the paper, section on vertex features; mean over covered
/// samples of the squared difference), over free features at the vertices, plus a small smoothness term that fills vertices which no view
/// shows: (A'CA / c + lambda L) F = A'CY / c, where A holds the samples' barycentric weights, C their weights with sum c, Y the features
/// interpolated at the samples, and L is the graph Laplacian of the welded mesh.
///
/// - Coincident vertices share their features.
/// - Vertices that no view shows, in a part of the mesh that some view shows, continue their surroundings smoothly (harmonically).
/// - Vertices of parts that no view shows, and vertices of no face, take the features of the nearest vertex that has some.
package struct ExactFieldSolver: FieldSolver, Sendable {
    /// What may be chosen about a fit.
    package struct Options: Hashable, Sendable, Codable {
        /// The weight of the smoothness term against the mean squared error.
        ///
        /// Neither the number of samples nor the mesh's size or (for a uniform mesh) its resolution matters: the energy of the graph Laplacian
        /// approximates the integral of the squared gradient, which does not depend on scale.
        package var smoothness: Double
        /// Whether targets are scaled to length 1, as befits features that are compared by cosine.
        package var normalizesTargets: Bool
        /// How often the fit is repeated with samples weighted down by their error under the fit before; 0 is plain least squares.
        package var robustPasses: Int
        /// The error at which a sample's weight is halved when it is weighted down, in multiples of the root mean squared error.
        package var robustScale: Double

        /// The given choices.
        package init(smoothness: Double = 1e-5, normalizesTargets: Bool = false, robustPasses: Int = 0, robustScale: Double = 1) {
            self.smoothness = smoothness
            self.normalizesTargets = normalizesTargets
            self.robustPasses = robustPasses
            self.robustScale = robustScale
        }
    }

    private let surface: Adjacency
    private let options: Options
    private let parallelism: Parallelism
    private var equations: SurfaceEquations
    private var previous: (features: Matrix, scale: Double)?
    private var latest: PointFit?
    private var completedPasses = 0

    /// A solver for a mesh.
    ///
    /// - Throws: `Failure` if the mesh's faces are not of its vertices or the options make no sense.
    package init(mesh: Mesh, options: Options = Options(), parallelism: Parallelism = Parallelism()) throws {
        guard options.smoothness > 0, options.smoothness.isFinite, options.robustPasses >= 0, options.robustScale > 0 else {
            throw Failure(.usage, "fitting features to the mesh", reason: "smoothness and robust scale must be positive")
        }
        try mesh.validate()
        surface = Adjacency(mesh)
        self.options = options
        self.parallelism = parallelism
        equations = SurfaceEquations(surface)
    }

    /// One pass, and one more for each robust repetition.
    package var passes: Int { 1 + options.robustPasses }

    /// Takes one view in.
    ///
    /// Complexity: O(samples + cells seen x dimension).
    package mutating func add(_ view: ViewObservation) throws {
        latest = nil
        var view = view
        if let previous { try weighDown(&view, previous.features, previous.scale) }
        let contribution = try ViewEquations(
            view, of: surface, normalizesTargets: options.normalizesTargets, parallelism: parallelism)
        try equations.add(contribution)
    }

    /// Ends one pass; before a robust repetition, the fit to it becomes the one that errors are measured by.
    package mutating func endPass() throws {
        let fit = try fitPoints()
        // The weights of the next pass are computed from this one; after the last pass its equations are kept for `solve`.
        completedPasses += 1
        guard completedPasses < passes else { return }
        previous = (fit.features, options.robustScale * (fit.meanSquaredError * Double(fit.features.columns)).squareRoot())
        equations = SurfaceEquations(surface)
        latest = nil
    }

    /// The features of all vertices from the views taken in during the latest pass.
    ///
    /// Complexity: that of a sparse Cholesky factorisation, about O(#V^1.5), plus O(#V log #V x dimension).
    package mutating func solve() throws -> FeatureField {
        let fit = try fitPoints()
        let points = surface.weld.welded.map { Int($0) }
        return FeatureField(values: fit.features.gatheringRows(points), observed: points.map { fit.observed[$0] })
    }

    /// The mean squared error for each component of the features over the samples taken in, under the fit to them.
    ///
    /// - Throws: `Failure` if the views do not determine a field.
    package mutating func trainingError() throws -> Double { try fitPoints().meanSquaredError }

    private mutating func fitPoints() throws -> PointFit {
        if let latest { return latest }
        let fit = try equations.solve(surface, smoothness: options.smoothness, parallelism: parallelism)
        latest = fit
        return fit
    }

    /// Multiplies the weights of samples by 1 / (1 + (error / scale)^2): one step of iteratively reweighted least squares (Cauchy's loss).
    private func weighDown(_ view: inout ViewObservation, _ features: Matrix, _ scale: Double) throws {
        guard view.grid.dimension == features.columns, scale > 0 else { return }
        let renderer = SampleRenderer(triangles: surface.triangles, features: features, normalizesTargets: options.normalizesTargets)
        let errors = try renderer.comparisons(view, parallelism: parallelism)
        for index in view.samples.indices {
            let ratio = errors[index].squaredError / (scale * scale)
            view.samples[index].weight /= Float(1 + ratio)
        }
    }
}
