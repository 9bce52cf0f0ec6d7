import BSBLinearAlgebra

/// A feature vector for each vertex of a mesh: what a vision model would say of the surface there.
package struct FeatureField: Sendable, Hashable {
    /// #V x dimension, row i for vertex i of the file.
    package var values: Matrix
    /// #V: whether any view showed the vertex; the features of the others are filled in from around them.
    package var observed: [Bool]

    /// A field of the given features.
    package init(values: Matrix, observed: [Bool]) {
        precondition(values.rows == observed.count, "one row and one flag for each vertex")
        self.values = values
        self.observed = observed
    }

    /// The number of vertices.
    package var vertexCount: Int { values.rows }
    /// The length of a feature vector.
    package var dimension: Int { values.columns }
}
