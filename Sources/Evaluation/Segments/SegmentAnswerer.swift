import BSBAnswering
import BSBInteractiveSegmentation
import BSBShapes
import BSBWorkbench

/// Makes the ways that are measured ready for a mesh.
struct SegmentAnswerer {
    /// The part that clicks mean, #V; the trial tells baselines the size of the part.
    typealias Answer = ([SurfaceClick], SegmentTrial) throws -> [Bool]

    let mesh: OpenMesh
    let bench: Workbench
    let options: SegmentEvaluation.Options

    /// The answers of a way; the work that it takes is put into `counts`.
    ///
    /// Throws `Failure`.
    func answers(of method: SegmentEvaluation.Method, counts: inout [String: Int]) throws -> Answer {
        switch method {
        case .lift: return part(by: try lifting(&counts))
        case .liftClean: return part(by: try lifting(&counts), cleaning: BorderCleaning())
        case .fast: return try decoding(options.fast, &counts)
        case .fastClean: return try decoding(options.fast, cleaning: BorderCleaning(), &counts)
        case .reference: return try decoding(options.reference, &counts)
        case .ball: return { NearestToClicks(ground: $1.ground, area: $1.area, metric: .length).answer(to: $0) }
        case .diameter:
            let thickness = ShapeDiameter(mesh, adjacency: Adjacency(mesh.scene.mesh), parallelism: bench.parallelism).logarithms
            return { NearestToClicks(ground: $1.ground, area: $1.area, metric: .thickness(thickness)).answer(to: $0) }
        }
    }

    private func part(by segmenter: some SurfaceSegmenter, cleaning: BorderCleaning? = nil) -> Answer {
        { clicks, _ in
            let whole = SurfaceSegment(probability: try segmenter.probabilities(of: clicks))
            return (cleaning?.cleaned(whole, clicks: clicks, surface: mesh.surface) ?? whole).vertexLabels
        }
    }

    private func lifting(_ counts: inout [String: Int]) throws -> LiftingSegmenter<EmbeddedViews> {
        let asking = bench.asking()
        let views = EmbeddedViews(of: mesh, at: asking)
        try views.prepareAll()
        counts["views"] = asking.viewsEmbedded
        let lifting = MaskLifting(segmenter: bench.segmenter, options: bench.settings.lifting, parallelism: bench.parallelism)
        return try LiftingSegmenter(lifting, views: views, surface: mesh.surface)
    }

    /// A decoder's answers; corrective clicks of a kind that it refuses are left out.
    private func decoding(_ plan: TrainingPlan, cleaning: BorderCleaning? = nil, _ counts: inout [String: Int]) throws -> Answer {
        let outcome = try TrainJob(at: bench, plan: plan).train(mesh, becomesDefault: false)
        counts = outcome.counts
        let segmenter = DecoderSegmenter(outcome.trained, parallelism: bench.parallelism)
        let answer = part(by: segmenter, cleaning: cleaning)
        return { clicks, trial in
            let corrections = clicks.dropFirst().filter { segmenter.supports([clicks[0], $0]) }
            return try answer(clicks.prefix(1) + corrections, trial)
        }
    }
}
