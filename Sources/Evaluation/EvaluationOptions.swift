/// What an evaluation measures.
package struct EvaluationOptions: Sendable, Hashable, Codable {
    /// Whose photo is clicked.
    package enum ProtocolKind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A photo of the mesh itself, as in the paper.
        case same
        /// A photo of another shape of the category: the clicked part and the answer are compared by name.
        case cross
        /// Real photos, as ``PhotoEvaluator`` has them.
        case photos
    }

    /// Whose photo is clicked.
    package var protocolKind = ProtocolKind.same
    /// How many clicks are made in all.
    package var samples = 1000
    /// How many of them share a photo, and with it what the models make of the photo.
    package var clicksPerPhoto = 2
    /// The seed of vertices, views and scenes.
    package var seed: UInt64 = 0
    /// Width and height of photos in pixels.
    package var photoSize = 320
    /// How vertices are drawn.
    package var sampling = VertexSampling.area
    /// Whether the 3D segment of each answer is made and compared with the labelled part.
    package var segments = true
    /// Whether the baselines that match through a render of the mesh are run.
    package var renderBaselines = true

    /// The default protocol: the paper's, with 1,000 samples.
    package init() {}
}
