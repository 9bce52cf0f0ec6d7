import BSBAnswering
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBTexturing
import BSBWorkbench
import Foundation

/// The result of painting a part, as `result.json` holds it and `bsb texture --json` prints it.
package struct TextureDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// Whether the mesh has the part.
    package var found: Bool
    /// The match that was painted, as `bsb match` gives it.
    package var match: MatchDocument
    /// How the part was painted.
    package var mode: TextureMode
    /// Pairs of points and pixels that were found in both parts.
    package var pairs: Int?
    /// Of these, how many agree on one view.
    package var agreeingPairs: Int?
    /// Whether the view comes from those pairs or from the outline.
    package var alignment: PhotoAlignment.Source?
    /// Whether the photo shows the part mirrored.
    package var isMirrored: Bool?
    /// IoU of the part mask with the part as it was laid onto the photo.
    package var outlineIoU: Float?
    /// The number of pieces that the part was laid out in.
    package var charts: Int?
    /// Texels in two pieces at once; 0 for a valid layout.
    package var overlappingTexels: Int?
    /// The painted mesh compared with the photo.
    package var check: TextureJob.ReprojectionCheck?
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]
}

/// The files that painting leaves behind.
package struct TextureOutputs: Outputs {
    private let outcome: TextureJob.Outcome
    private let mode: TextureMode
    private let bench: Workbench

    /// The files of an outcome.
    package init(_ outcome: TextureJob.Outcome, mode: TextureMode, at bench: Workbench) {
        self.outcome = outcome
        self.mode = mode
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        folder.add("part_mask.png", try outcome.match.masks.part.pngData())
        // The picture of the part, and on the rest what the file has there.
        if let painted = outcome.painted?.restoring(0, from: outcome.match.mesh.mesh) {
            folder.add("textured.glb", try painted.texturedGLBData())
            for file in try painted.texturedOBJFiles(name: "textured") { folder.add(file.name, file.data) }
        }
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> TextureDocument {
        let (alignment, texture) = (outcome.alignment, outcome.texture)
        return TextureDocument(
            found: outcome.painted != nil, match: MatchOutputs(outcome.match, at: bench).document(), mode: mode,
            pairs: alignment.map { _ in outcome.pairs }, agreeingPairs: alignment?.agreeing, alignment: alignment?.source,
            isMirrored: alignment?.isMirrored, outlineIoU: alignment?.outlineIoU, charts: texture?.atlas.chartCount,
            overlappingTexels: texture?.overlappingTexels, check: outcome.check, timings: outcome.timings, outputs: outputs)
    }

    private func picture() throws -> Image {
        let match = outcome.match
        var photo = PhotoPanel(match.photo.image, width: 480, height: 360)
        photo.outline(match.masks.object, Palette.object)
        photo.outline(match.masks.part, Palette.part)
        photo.click(match.click.pixel)
        var rows = [[PictureSheet.Panel(photo.image, "The click, its part (blue) and its object (amber)")]]
        if let texture = outcome.texture {
            rows[0].append(.init(texture.image.resized(width: 360, height: 360), "The picture that was made"))
        }
        if let painted = outcome.painted {
            var placed = match.mesh.scene.mesh
            (placed.appearance, placed.vertexColors) = (painted.appearance, painted.vertexColors)
            let marks = match.correspondence.buddy.map { [MeshSides.Mark(vertex: $0.vertex, color: Palette.wanted)] } ?? []
            let sides = try MeshSides(
                mesh: match.mesh, segment: nil, marks: marks, size: RasterSize(width: 300, height: 340), surface: SurfaceColors(placed),
                showsMarks: false
            ).images(parallelism: bench.parallelism)
            rows.append(sides[..<3].map { .init($0, "") })
            rows.append(sides[3...].map { .init($0, "") })
        }
        let grade: Grade = outcome.painted == nil ? .none : match.correspondence.grade
        return PictureSheet(
            title: PictureSheet.title(
                grade, sure: "Painted: the part has the photo's look", unsure: "Painted: what may be the part has the photo's look"),
            grade: grade, subtitle: subtitle, rows: rows
        ).image()
    }

    private var subtitle: String {
        guard let alignment = outcome.alignment else {
            return outcome.match.correspondence.reason?.sentence ?? "In the photo's typical colour."
        }
        var check = ""
        if let seen = outcome.check, seen.pixels > 0 {
            check = String(format: "; mean difference to the photo %.3f", seen.meanDifference)
        }
        let agreeing = "\(alignment.agreeing) of \(outcome.pairs) pairs of points and pixels"
        switch alignment.source {
        case .pairs: return "Laid onto the photo by \(agreeing)\(check)."
        case .view: return "\(agreeing) do not tell the view; laid onto the photo in the object's pose\(check)."
        case .outline: return "\(agreeing) do not tell the view; laid onto the photo by its outline, in the object's pose\(check)."
        }
    }
}
