import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBWorkbench

/// Answers the clicks of photos on one mesh by all methods, and judges the answers by the labels.
struct SampleJudge {
    let target: EvaluationShape
    let options: EvaluationOptions
    var bench: Workbench
    /// What the baselines through a render match with; the workbench's own extractor if there is none.
    var renderExtractor: (any FeatureExtractor)?

    /// The records of the first `clicks` clicks of a photo.
    func records(
        of photo: EvaluationPhoto, clicks: Int, number: Int, source: String, pose: ShapePose = ShapePose(), firstSample: Int
    ) throws -> [SampleRecord] {
        let opened = OpenPhoto(photo.image, name: source)
        let renders = try photo.camera.flatMap { camera in
            guard options.renderBaselines else { return RenderMatcher?.none }
            return try RenderMatcher(
                opened, camera: camera, pose: pose, target, seed: UInt64(number), extractor: renderExtractor, at: bench)
        }
        return try (0..<max(0, clicks)).map { index in
            let click = photo.clicks[index]
            var answers = try VertexAnswers(to: click, in: opened, on: target.opened, wantsPart: options.segments, at: bench)
            for (method, vertex) in renders?.answers(to: click.pixel) ?? [:] { answers.vertices[method] = vertex }
            var record = record(click, answers.answer.correspondence, answers.vertices)
            record.sample = firstSample + index
            record.photo = number
            record.source = source
            if photo.partMasks.indices.contains(index) {
                record.partMaskIoU = Self.rounded(Double(answers.answer.masks.part.intersectionOverUnion(photo.partMasks[index])))
            }
            addSegment(answers.answer, to: &record)
            return record
        }
    }

    /// The record of one click's answers, judged.
    func record(_ click: LabelledClick, _ correspondence: Correspondence, _ vertices: [Method: Int?] = [:]) -> SampleRecord {
        let share = target.vertexShare(of: click.part)
        let candidates = correspondence.candidates
        return SampleRecord(
            sample: 0, photo: 0, category: target.entry.category, source: "", target: target.entry.name, click: click,
            partExists: share > 0, partShare: Self.rounded(share),
            answers: Dictionary(uniqueKeysWithValues: vertices.map { ($0.key.rawValue, judged($0.value, click)) }),
            reason: correspondence.reason, candidates: candidates.count, qualified: candidates.count(where: \.qualifies),
            bestIoU: candidates.compactMap(\.iou).max().map { Self.rounded(Double($0)) },
            evidence: candidates.isEmpty ? nil : ExistenceEvidence(correspondence).rounded)
    }

    /// An answer and whether it is right.
    func judged(_ vertex: Int?, _ click: LabelledClick) -> SampleRecord.Answer {
        let part = vertex.flatMap { target.part(of: $0) }
        return SampleRecord.Answer(vertex: vertex, part: part, correct: part == click.part)
    }

    /// Compares the part of the mesh with the labels, by area.
    private func addSegment(_ answer: Answer, to record: inout SampleRecord) {
        guard let segment = answer.segment, let vertex = answer.segmentVertex else { return }
        func overlap(_ truth: [Bool]) -> Double { Self.rounded(intersectionOverUnion(segment.vertexLabels, truth, weights: target.areas)) }
        record.segmentIoU = overlap(target.vertices(of: record.click.part))
        let piece = target.part(of: vertex) == record.click.part ? target.pieces[vertex] : -2
        record.pieceIoU = overlap(target.pieces.map { $0 == piece })
    }

    /// Six digits are enough, and the same on every machine.
    static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
