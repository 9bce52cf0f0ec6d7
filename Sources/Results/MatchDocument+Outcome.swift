import BSBAnswering
import BSBCorrespondence
import BSBWorkbench

extension MatchDocument {
    /// The document of an outcome.
    ///
    /// - Parameters:
    ///   - part: what is said of its part.
    ///   - includeCandidates: whether to list all candidates.
    ///   - outputs: the files written.
    init(_ outcome: Answer, part: PartDocument?, at bench: Workbench, includeCandidates: Bool, outputs: [String]) {
        let correspondence = outcome.correspondence
        let buddy = correspondence.buddy
        let (photo, mesh, click) = (outcome.photo, outcome.mesh, outcome.click)
        let objectPixel = click.pixelOfObject
        let doubts = outcome.doubts
        let pixels = Double(photo.image.width * photo.image.height)
        self.init(
            found: buddy != nil, grade: Grade(hasAnswer: buddy != nil, doubts: doubts),
            doubts: doubts.isEmpty ? nil : doubts.map(\.sentence),
            reason: correspondence.reason, explanation: correspondence.reason?.sentence, vertex: buddy?.vertex,
            position: buddy.map { [mesh.mesh.filePosition($0.vertex)].flatMap { [$0.x, $0.y, $0.z] } },
            pixel: buddy.map { [$0.pixel.x, $0.pixel.y] }, qualifies: buddy?.qualifies, iou: buddy?.iou, similarity: buddy?.similarity,
            candidateCount: correspondence.candidates.count, qualified: correspondence.counts.qualified,
            existence: correspondence.existence.map { ($0 * 1e4).rounded() / 1e4 }, decidedBy: outcome.decision.decidedBy,
            candidates: includeCandidates ? correspondence.candidates.map(CandidateDocument.init) : nil,
            segment: part,
            click: ClickDocument(
                x: click.pixel.x, y: click.pixel.y, objectX: objectPixel.x, objectY: objectPixel.y,
                box: click.box.map { [$0.low.x, $0.low.y, $0.high.x, $0.high.y] },
                more: click.more.isEmpty ? nil : click.more.map { [$0.x, $0.y] },
                unwanted: click.unwanted.isEmpty ? nil : click.unwanted.map { [$0.x, $0.y] }, isMask: click.mask == nil ? nil : true),
            mesh: MeshDocument(mesh),
            image: ImageDocument(
                path: photo.path, hash: photo.hash, width: photo.image.width, height: photo.image.height,
                objectFraction: Double(outcome.masks.object.count) / pixels, partFraction: Double(outcome.masks.part.count) / pixels),
            settings: bench.effectiveSettings, models: bench.models, timings: outcome.timings,
            counts: outcome.counts, warnings: outcome.warnings, outputs: outputs)
    }
}
