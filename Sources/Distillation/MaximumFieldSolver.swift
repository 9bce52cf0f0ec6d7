import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// Per-vertex features by maximum over views, as multi-view networks pool (Su and others 2015), instead of the least squared error.
///
/// Each sample's feature, scaled to unit length, counts for the corner of its face that it is nearest to; of each component the largest
/// value is kept. Vertices that no sample is nearest to take the feature of the nearest vertex that has one.
package struct MaximumFieldSolver: FieldSolver, Sendable {
    private let mesh: Mesh
    private var largest: Matrix?
    private var observed: [Bool]

    /// A solver for a mesh.
    package init(mesh: Mesh) {
        self.mesh = mesh
        observed = [Bool](repeating: false, count: mesh.vertices.count)
    }

    /// One pass.
    package var passes: Int { 1 }

    /// Takes one view in.
    ///
    /// - Throws: `Failure` if a sample is in no face of the mesh, or features differ in length from those before.
    /// - Complexity: O(samples x dimension).
    package mutating func add(_ view: ViewObservation) throws {
        let dimension = view.grid.dimension
        var result = largest ?? Matrix(rows: mesh.vertices.count, columns: dimension, fill: -.infinity)
        guard result.columns == dimension else {
            throw Failure(.badInput, Self.operation, reason: "views have features of \(result.columns) and of \(dimension) numbers")
        }
        for sample in view.samples where sample.weight > 0 {
            guard mesh.faces.indices.contains(Int(sample.face)) else {
                throw Failure(.badInput, Self.operation, reason: "a sample lies in no face of the mesh")
            }
            let corners = sample.corners
            let nearest = corners.x >= corners.y && corners.x >= corners.z ? 0 : corners.y >= corners.z ? 1 : 2
            let vertex = Int(mesh.faces[Int(sample.face)][nearest])
            let feature = view.grid.feature(at: sample.point)
            let length = Vectors.squaredNorm(feature).squareRoot()
            guard length > 0, length.isFinite else { continue }
            for d in 0..<dimension { result[vertex, d] = max(result[vertex, d], feature[d] / Float(length)) }
            observed[vertex] = true
        }
        largest = result
    }

    /// Ends the pass.
    package mutating func endPass() {}

    /// The features of all vertices.
    ///
    /// - Throws: `Failure` if no view shows the mesh.
    package mutating func solve() throws -> FeatureField {
        let seen = observed.indices.filter { observed[$0] }
        guard let largest, !seen.isEmpty else { throw Failure(.badInput, Self.operation, reason: "no view shows the mesh") }
        let tree = NearestPoint(seen.map { mesh.vertices[$0] })
        let sources = mesh.vertices.enumerated().map { vertex, position in
            observed[vertex] ? vertex : tree.nearest(to: position).map { seen[$0] } ?? vertex
        }
        return FeatureField(values: largest.gatheringRows(sources), observed: observed)
    }

    private static let operation = "fitting features to the mesh"
}
