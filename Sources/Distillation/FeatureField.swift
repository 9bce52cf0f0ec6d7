import LinearAlgebra

/// A feature vector for each vertex of a mesh: what a vision model would say of the surface there.
public struct FeatureField: Sendable, Hashable {
    /// #V x dimension, row i for vertex i of the file.
    public var values: Matrix
    /// #V: whether any view showed the vertex; the features of the others are filled in from around them.
    public var observed: [Bool]

    /// A field of the given features.
    public init(values: Matrix, observed: [Bool]) {
        precondition(values.rows == observed.count, "one row and one flag for each vertex")
        self.values = values
        self.observed = observed
    }

    /// The number of vertices.
    public var vertexCount: Int { values.rows }
    /// The length of a feature vector.
    public var dimension: Int { values.columns }
}
