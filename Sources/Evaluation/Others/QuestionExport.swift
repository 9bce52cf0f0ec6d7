import BSBBasics
import BSBPhotography
import BSBWorkbench

/// Writes the questions of an evaluation for other methods: photos, meshes, and what is clicked; nothing is answered.
///
/// The questions are those that ``Evaluator`` asks with the same shapes and options, by the same numbers.
package struct QuestionExport: ClickExperiment {
    package static let name = "questions"
    package static let stage = "Taking photos"

    package let evaluator: Evaluator
    private let folder: String

    /// The questions of `evaluator`, with photos and meshes in `folder`.
    package init(of evaluator: Evaluator, to folder: String) {
        (self.evaluator, self.folder) = (evaluator, folder)
    }

    func prepared(_ entry: ShapeEntry) throws -> EvaluationShape {
        let shape = try ground.data.shape(entry)
        let prepared = try EvaluationShape(shape, settings: bench.settings)
        try AtomicFile.write(shape.mesh.objData(), to: "\(folder)/meshes/\(entry.name).obj", operation: "writing the mesh")
        return prepared
    }

    func records(of taken: TakenPhoto, on target: EvaluationShape) throws -> [SampleRecord] {
        try taken.photo.image.writePNG(to: "\(folder)/photos/\(DepthExport.Photo.stem(taken.number)).png")
        return taken.clicks.enumerated().map { index, click in
            let share = target.vertexShare(of: click.part)
            return SampleRecord(
                sample: taken.firstSample + index, photo: taken.number, category: target.entry.category, source: taken.source.entry.name,
                target: target.entry.name, click: click, partExists: share > 0, partShare: SampleJudge.rounded(share), answers: [:],
                candidates: 0, qualified: 0)
        }
    }

    /// `questions.json`: how many clicks there are (`samples`), `photos` that they are in, and `meshes` that they are answered on, in a `folder`.
    package func summary(of records: [SampleRecord]) -> Summary {
        let (photos, meshes) = (Set(records.map(\.photo)).count, Set(records.map(\.target)).count)
        return Summary(
            schema: 1, ["folder": folder, "samples": records.count, "photos": photos, "meshes": meshes],
            "\(records.count) clicks in \(photos) photos, to be answered on \(meshes) meshes: \(folder)/samples.jsonl, photos, meshes")
    }
}
