import BSBCorrespondence
import BSBWorkbench

extension Workbench {
    /// Answers a click in a photo on a mesh: the one place where the steps of the method follow each other.
    ///
    /// 1. The segmenter turns the click into an object and a part mask.
    /// 2. The features of the object are matched with the mesh's, which are lifted now if they are not known.
    /// 3. The buddy vertex becomes a part of the mesh, by a decoder or by lifting masks.
    /// - Parameters:
    ///   - click: where the photo is clicked.
    ///   - photo: the photo.
    ///   - mesh: the mesh.
    ///   - known: the click's masks, where something else than the segmenter tells them.
    ///   - wantsPart: whether the part is sought, or only the buddy.
    ///   - tell: called with each stage when it is ready.
    /// - Throws: `Failure` for a click that cannot be used and if a model cannot be run, `CancellationError` if the question was withdrawn;
    ///   that the mesh lacks the part is an answer.
    @discardableResult
    public func answer(
        _ click: Click, in photo: OpenPhoto, on mesh: OpenMesh, masks known: ClickMasks? = nil, wantsPart: Bool = true,
        tell: (AnswerStage) throws -> Void = { _ in }
    ) throws -> Answer {
        var watch = Stopwatch()
        let bench = counting()
        let masks = try watch.measure("click") { try known ?? photo.masks(of: click, at: bench) }
        try tell(.masks(masks))
        let clicked = try watch.measure("photo") { try photo.clicked(click, masks: masks, at: bench) }
        let surface = try watch.measure("distillation") { try mesh.features(at: bench) }
        try cancellation.check()
        let decision = matching
        let found = try watch.measure("matching") {
            try bench.matcher(decision, asking: photo.segmenter(at: bench)).match(clicked, to: surface)
        }
        var answer = Answer(
            photo: photo, mesh: mesh, click: click, masks: masks, features: clicked.features, correspondence: found, decision: decision)
        answer.counts.matchingPrompts = found.counts.prompts
        (answer.counts.pixelsEvaluated, answer.counts.pixelsInSearch) = (found.counts.pixelsEvaluated, found.counts.pixelsInSearch)
        answer.counts.featureViews = bench.viewsExtracted
        try tell(.buddy(answer))
        if found.buddy != nil, wantsPart { try bench.segment(&answer, &watch) }
        answer.timings = watch.seconds
        try tell(.part(answer))
        return answer
    }

    private func segment(_ answer: inout Answer, _ watch: inout Stopwatch) throws {
        let mesh = answer.mesh
        let finder = try watch.measure("segmenter") { try mesh.partFinder(at: self) }
        answer.method = finder.method
        let seen = try watch.measure("segment") {
            try answer.correspondence.nearest(among: mesh.scene.mesh.vertices) { try finder.visiblePart(around: $0) }
        }
        answer.counts.segmenterViews = viewsEmbedded
        guard let (vertex, found) = seen else { return }
        (answer.segment, answer.segmentVertex) = (found.segment, vertex)
        answer.counts.liftingPrompts = found.prompts
    }
}

extension Correspondence {
    /// The vertices whose part is that of the answer, best first: the buddy, and the candidates nearest to it.
    ///
    /// - Parameter positions: #V positions.
    func seeds(among positions: [SIMD3<Float>]) -> [Int] {
        guard let buddy else { return [] }
        func distance(_ vertex: Int) -> Float {
            let offset = positions[vertex] - positions[buddy.vertex]
            return (offset * offset).sum()
        }
        let others = candidates.map(\.vertex).filter { $0 != buddy.vertex }.map { (distance($0), $0) }.sorted { $0 < $1 }
        return [buddy.vertex] + others.map(\.1)
    }

    /// The first of ``seeds(among:)`` that `find` finds something for, with that; nil if there is none.
    ///
    /// Throws what `find` throws.
    package func nearest<Found>(among positions: [SIMD3<Float>], find: (Int) throws -> Found?) rethrows -> (vertex: Int, found: Found)? {
        for vertex in seeds(among: positions) {
            if let found = try find(vertex) { return (vertex, found) }
        }
        return nil
    }
}
