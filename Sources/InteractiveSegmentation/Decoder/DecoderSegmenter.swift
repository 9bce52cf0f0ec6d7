import BSBBasics
import BSBDistillation
import BSBLinearAlgebra

/// Segments a mesh by a decoder that was trained on it: iSeg.
///
/// Features are scaled once; a click is then one run of a small network over the vertices. A decoder that has a context to tell what belongs
/// together by answers the first wanted click, and further clicks are obeyed where its answer denies them; a published decoder, which has
/// none, is asked about all clicks at once.
package struct DecoderSegmenter: SurfaceSegmenter {
    /// The decoder.
    package let trained: TrainedDecoder
    private let features: Matrix
    private let obedience: ClickObedience?
    private let parallelism: Parallelism

    /// A segmenter by a trained decoder.
    package init(_ trained: TrainedDecoder, parallelism: Parallelism = Parallelism()) {
        self.trained = trained
        self.parallelism = parallelism
        features = trained.inputs
        obedience = ClickObedience(context: trained.context)
    }

    /// The decoder.
    package var method: SurfaceMethod { .iseg }

    /// The part that is clicked; the 2D segmenter is not asked.
    ///
    /// - Throws: `Failure` for clicks that make no sense, and for several clicks of a decoder without a context that was trained on single
    ///   ones: its attention has never learned to weigh them.
    /// - Complexity: O(#V x parameters), and O(#V x clicks x context).
    package func visibleAnswer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer? {
        let clicks = try clicks.checked(vertexCount: trained.field.vertexCount)
        let asked = obedience == nil ? clicks : Array(clicks.lazy.filter(\.isForeground).prefix(1))
        let values = features.gatheringRows(asked.map(\.vertex))
        let answer = try probabilities(of: ClickFeatures(values: values, isForeground: asked.map(\.isForeground)))
        return SurfaceAnswer(probability: try obedience?.applied(to: answer, clicks: clicks) ?? answer, prompts: 0)
    }

    /// Clicks on another mesh, and the part of this one that they mean.
    package struct Transfer: Sendable, Hashable {
        /// #V: the probability of each vertex to be in the part.
        package var probability: [Float]
        /// The vertices of this mesh that stood for the clicks; empty where the clicks' features were used themselves.
        package var standIns: [SurfaceClick]
    }

    /// The part that was clicked on another mesh: iSeg's transfer across meshes.
    ///
    /// A decoder that sees nothing but features is given those of the clicks, as published. One that also sees a context, which only
    /// means something on its own mesh, is given the vertex whose features are most like a click's in its place.
    ///
    /// - Parameters:
    ///   - clicks: vertices of the other mesh.
    ///   - source: the features of the other mesh by the same 2D segmenter.
    /// - Throws: `Failure` as ``answer(to:)``, and if the features are of another length.
    /// - Complexity: that of an answer, and O(#V) for each click.
    package func transfer(_ clicks: [SurfaceClick], from source: FeatureField) throws -> Transfer {
        guard source.dimension == trained.field.dimension else {
            throw Failure(.badInput, "segmenting the mesh", reason: "the two meshes' features are of different models")
        }
        let clicks = try clicks.checked(vertexCount: source.vertexCount)
        guard trained.context.columns == 0 else {
            let vertices = standIns(for: source.values.gatheringRows(clicks.map(\.vertex)))
            let standIns = zip(vertices, clicks).map { SurfaceClick($0, isForeground: $1.isForeground) }
            return Transfer(probability: try answer(to: standIns).probability, standIns: standIns)
        }
        let values = trained.scaling.applied(to: source.values.gatheringRows(clicks.map(\.vertex)))
        let features = ClickFeatures(values: values, isForeground: clicks.map(\.isForeground))
        return Transfer(probability: try probabilities(of: features), standIns: [])
    }

    /// For each row of another mesh's features, the vertex of this one with the largest cosine once this mesh's mean is taken off; the
    /// lowest of ties.
    private func standIns(for clicked: Matrix) -> [Int] {
        let scaling = FeatureScaling(standardizing: trained.field.values)
        let own = scaling.applied(to: trained.field.values).withNormalizedRows()
        let cosines = Matrix.product(scaling.applied(to: clicked).withNormalizedRows().factor, own.factor.transposed)
        let candidates = trained.field.observed.indices.filter { trained.field.observed[$0] }
        return (0..<clicked.rows).map { row in
            let values = cosines.row(row)
            return candidates.max { (values[values.startIndex + $0], $1) < (values[values.startIndex + $1], $0) } ?? 0
        }
    }

    /// Whether the decoder can answer clicks like these: without a context, several wanted ones, or unwanted ones, must have been among
    /// those that it was trained on.
    package func supports(_ clicks: [SurfaceClick]) -> Bool {
        guard obedience == nil else { return true }
        let known = trained.provenance
        let distinct = Set(clicks)
        let wanted = distinct.count { $0.isForeground }
        return (wanted < 2 || known.severalWanted > 0) && (wanted == distinct.count || known.withUnwanted > 0)
    }

    private func probabilities(of clicks: ClickFeatures) throws -> [Float] {
        let known = trained.provenance
        let wanted = clicks.isForeground.count { $0 }
        if wanted > 1, known.severalWanted == 0 { throw Self.untrained("several positive clicks") }
        if wanted < clicks.isForeground.count, known.withUnwanted == 0 { throw Self.untrained("negative clicks") }
        return trained.decoder.probabilities(of: features, clicks: clicks, parallelism: parallelism)
    }

    private static func untrained(_ what: String) -> Failure {
        Failure(
            .usage, "segmenting the mesh", reason: "this decoder was not trained on \(what)",
            hint: "train it with second clicks, or use the training-free lift")
    }
}
