import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBImages
import BSBRendering
import BSBWorkbench

/// How right the parts are that the regions of one photo's object are given, as `bsb map` does it.
struct RegionScore {
    private let map: MapJob.Outcome
    private let target: EvaluationShape
    /// For each region the part of the mesh that has most of its segment's area; nil without a counterpart.
    private let parts: [String?]

    /// Maps the object of a photo.
    ///
    /// Throws `Failure` if a model cannot be run.
    init(of photo: OpenPhoto, _ object: FoundObject, _ judge: DenseJudge, at bench: Workbench) throws {
        map = try MapJob(at: bench).run(photo, judge.target.opened, object: object)
        let target = judge.target
        self.target = target
        parts = map.regions.map { $0.segment.flatMap { target.largestPart(among: $0.vertexLabels) } }
    }

    /// Regions with a part of the mesh.
    var count: Int { parts.count { $0 != nil } }

    /// The share of pixels in a region of the right part.
    func score(_ questions: [DenseJudge.Question], _ size: RasterSize) -> DenseScore {
        let right = questions.count { question in
            let (x, y) = (question.pixel % size.width, question.pixel / size.width)
            let region = map.regions.firstIndex { $0.visible[x, y] }
            return question.part != nil && region.flatMap { parts[$0] } == question.part
        }
        return DenseScore(part: SampleJudge.rounded(Double(right) / Double(max(1, questions.count))))
    }

    /// The share of the pixels of regions with a part that do not show the object.
    func background(outside truth: Mask) -> Double? {
        let given = zip(map.regions, parts).filter { $0.1 != nil }.map(\.0.visible)
        let all = given.reduce(0) { $0 + $1.count }
        return all > 0 ? SampleJudge.rounded(Double(given.reduce(0) { $0 + $1.subtracting(truth).count }) / Double(all)) : nil
    }

    /// The share of the labelled surface in regions whose part is the commonest that its region shows in the photo.
    func surface(_ shown: SurfaceBuffers, of source: EvaluationShape) -> Double? {
        let names = map.regions.map { region -> String? in
            var counts = [Double](repeating: 0, count: source.partNames.count)
            region.visible.forEachSpan { y, range in
                for x in range {
                    let face = shown.faceIDs[y * shown.size.width + x]
                    if face >= 0, source.partOfFace[Int(face)] >= 0 { counts[source.partOfFace[Int(face)]] += 1 }
                }
            }
            return source.part(ofMost: counts)
        }
        return target.rightShare(of: map.vertexLabels.map { $0 > 0 ? names[Int($0) - 1] : nil }) { map.vertexLabels[$0] > 0 }
    }
}
