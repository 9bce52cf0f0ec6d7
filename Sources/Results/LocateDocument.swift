import BSBAnswering
import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBWorkbench
import Foundation

/// The result of seeking a vertex in a photo, as `result.json` holds it and `bsb locate --json` prints it.
package struct LocateDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// Whether the photo shows the part.
    package var found: Bool
    /// How sure that is: `sure`, `unsure` (an answer that may well be wrong) or `none`.
    package var grade: Grade
    /// Why not, as a keyword.
    package var reason: NoPixelCorrespondence?
    /// The reason as a sentence.
    package var explanation: String?
    /// The probability that the photo shows the part, where it is known for the models and settings.
    package var existence: Double?
    /// The clicked vertex.
    package var vertex: Int
    /// Its position in the file's units.
    package var position: [Double]
    /// The part around it.
    package var part: PartDocument
    /// The best segmentation buddy [x, y]; without a correspondence, this and what follows is absent.
    package var pixel: [Int]?
    /// The vertex that the pixel leads back to.
    package var returnVertex: Int?
    /// Whether that vertex is in the clicked part; where it is not, the pixel is the most likely place only.
    package var qualifies: Bool?
    /// IoU of the part around that vertex with the clicked part, by area.
    package var iou: Float?
    /// Cosine of the features of the vertex and the pixel.
    package var similarity: Float?
    /// The photo's mask at the pixel.
    package var mask: MaskDocument?
    /// Where in the photo was sought.
    package var object: ObjectDocument
    /// Pixels considered.
    package var candidateCount: Int
    /// Of these, how many led back into the part.
    package var qualified: Int
    /// Vertices at which the mesh was segmented to judge them.
    package var segmented: Int
    /// The mesh as it was read.
    package var mesh: MeshDocument
    /// The photo, as it was named.
    package var image: String
    /// SHA-256 of the photo.
    package var imageHash: String
    /// Every setting that decides the result.
    package var settings: Settings
    /// The models that were used.
    package var models: [ModelIdentity]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// A mask of the photo.
    package struct MaskDocument: Sendable, Codable {
        /// The share of the photo.
        package var fraction: Double
        /// The segmenter's own estimate of its IoU with the truth.
        package var predictedIoU: Float
        /// x0, y0, x1, y1; absent for an empty mask.
        package var box: [Int]?
    }

    /// The object of the photo.
    package struct ObjectDocument: Sendable, Codable {
        /// The click [x, y] that its mask answers.
        package var click: [Int]
        /// Whether that click was given, rather than found.
        package var isGiven: Bool
        /// The share of the photo.
        package var fraction: Double
    }
}

extension LocateDocument.ObjectDocument {
    /// The document of an object.
    init(_ object: FoundObject) {
        self.init(click: [object.click.x, object.click.y], isGiven: object.isGiven, fraction: Double(object.mask.fraction))
    }
}

extension LocateDocument.MaskDocument {
    /// The document of a mask.
    init(_ mask: Mask, predictedIoU: Float) {
        self.init(
            fraction: Double(mask.fraction), predictedIoU: predictedIoU,
            box: mask.boundingBox.map { [$0.x, $0.y, $0.x + $0.width, $0.y + $0.height] })
    }
}

/// The files that seeking a vertex in a photo leaves behind.
package struct LocateOutputs: Outputs {
    private let outcome: LocateJob.Outcome
    private let bench: Workbench
    private let part: PartFiles

    /// The files of an outcome.
    package init(_ outcome: LocateJob.Outcome, at bench: Workbench) {
        self.outcome = outcome
        part = PartFiles(outcome.part, of: outcome.mesh.mesh, method: outcome.method)
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        folder.add("object_mask.png", try outcome.object.mask.pngData())
        if let mask = outcome.mask { folder.add("mask.png", try mask.pngData()) }
        try part.add(to: &folder)
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> LocateDocument {
        let (correspondence, mesh) = (outcome.correspondence, outcome.mesh)
        let buddy = correspondence.buddy
        let position = mesh.mesh.filePosition(outcome.vertex)
        return LocateDocument(
            found: buddy != nil, grade: correspondence.grade, reason: correspondence.reason, explanation: correspondence.reason?.sentence,
            existence: correspondence.existence.map { ($0 * 1e4).rounded() / 1e4 }, vertex: outcome.vertex,
            position: [position.x, position.y, position.z],
            part: part.document, pixel: buddy.map { [$0.pixel.x, $0.pixel.y] },
            returnVertex: buddy?.vertex, qualifies: buddy?.qualifies, iou: buddy?.iou, similarity: buddy?.similarity,
            mask: outcome.mask.map { .init($0, predictedIoU: outcome.predictedIoU ?? 0) }, object: .init(outcome.object),
            candidateCount: correspondence.candidates.count, qualified: correspondence.qualified, segmented: correspondence.segmented,
            mesh: MeshDocument(mesh), image: outcome.photo.path, imageHash: outcome.photo.hash, settings: bench.effectiveSettings,
            models: bench.models, timings: outcome.timings, outputs: outputs)
    }

    private func picture() throws -> Image {
        let correspondence = outcome.correspondence
        let mark = MeshSides.Mark(vertex: outcome.vertex, color: Palette.wanted)
        let sides = try MeshSides(mesh: outcome.mesh, segment: outcome.part, marks: [mark], size: RasterSize(width: 270, height: 320))
            .images(parallelism: bench.parallelism)
        var found = PhotoPanel(outcome.photo.image)
        found.outline(outcome.object.mask, Palette.object)
        if let mask = outcome.mask { found.fill(mask, Palette.part) }
        if let buddy = correspondence.buddy { found.crosshair(buddy.pixel) }
        var candidates = PhotoPanel(outcome.photo.image)
        candidates.dots(correspondence.candidates.reversed().map { ($0.pixel, $0.qualifies ? Palette.qualifying : Palette.failing) })
        let subtitle =
            correspondence.buddy.map {
                $0.qualifies
                    ? String(
                        format: "Vertex %d is at pixel %d, %d (IoU of the parts %.2f, similarity %.2f).", outcome.vertex, $0.pixel.x,
                        $0.pixel.y, $0.iou ?? 0, $0.similarity)
                    : String(
                        format: "No pixel leads back into the part; pixel %d, %d is the most likely place (similarity %.2f).", $0.pixel.x,
                        $0.pixel.y, $0.similarity)
            } ?? correspondence.reason?.sentence ?? ""
        let how = outcome.object.isGiven ? "as clicked" : "found without a click"
        return PictureSheet(
            title: PictureSheet.title(
                correspondence.grade, sure: "Found: the photo shows this part", unsure: "Perhaps: the photo may show this part"),
            grade: correspondence.grade, subtitle: subtitle,
            rows: [
                [
                    .init(sides[0], "The clicked vertex (ring) and its part (blue)"), .init(sides[1], ""), .init(sides[5], ""),
                    .init(sides[3], "From behind"),
                ],
                [
                    .init(found.image, "The part in the photo (blue); the object \(how) (amber)"),
                    .init(
                        candidates.image,
                        "The \(correspondence.candidates.count) most similar pixels; \(correspondence.qualified) lead back (green)"),
                ],
            ]
        ).image()
    }
}
