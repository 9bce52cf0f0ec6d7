import BSBAnswering
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBShapes
import Foundation

/// The picture of a match, made to be looked at: the click and its masks, where the candidates lead back to, and the mesh from six sides
/// with the matching part in the colour of the photo's part.
struct Overview {
    private let answer: Answer
    private let part: PartDocument?
    private let doubts: [Doubt]

    private static let photo = (width: 600, height: 400)
    private static let side = RasterSize(width: 300, height: 376)

    /// The picture of an answer, of whose part results say `part`.
    init(_ answer: Answer, part: PartDocument?) {
        self.answer = answer
        self.part = part
        doubts = answer.doubts
    }

    /// The photo twice and the mesh from each side.
    static let panelCount = 2 + MeshSides.count

    /// What paints each panel, which may be asked for side by side.
    ///
    /// It throws `Failure` if the mesh cannot be painted.
    func panelPainter() -> @Sendable (Int) throws -> Image {
        let side = sides.painter()
        return { panel in
            switch panel {
            case 0: clickedPhoto()
            case 1: candidatePhoto()
            default: try side(panel - 2)
            }
        }
    }

    /// The picture with panels that were painted already.
    func image(of panels: [Image]) -> Image {
        let grade = Grade(hasAnswer: answer.isFound, doubts: doubts)
        let sides = panels.dropFirst(2).map { PictureSheet.Panel($0, "") }
        return PictureSheet(
            title: PictureSheet.title(
                grade, sure: "Found: the mesh has this part", unsure: "Perhaps: the mesh may have this part"),
            grade: grade, subtitle: subtitle,
            rows: [
                [.init(panels[0], "The click, its part (blue) and its object (amber)")] + sides.prefix(3),
                [.init(panels[1], candidateCaption)] + sides.dropFirst(3),
            ], notes: notes
        ).image()
    }

    // MARK: Words

    private var subtitle: String {
        guard let buddy = answer.correspondence.buddy, let iou = buddy.iou else { return answer.correspondence.reason?.sentence ?? "" }
        // No score of this kind is sure.
        let likely =
            answer.correspondence.existence.map { String(format: ", %.0f %% likely that the mesh has it", min(100 * $0, 99)) } ?? ""
        let numbers = String(format: "IoU %.2f, similarity %.2f", iou, buddy.similarity) + likely
        guard buddy.qualifies else {
            return "No vertex leads back into the clicked part; vertex \(buddy.vertex) is the most likely place (\(numbers))."
        }
        return "Vertex \(buddy.vertex) leads back into the clicked part (\(numbers))."
    }

    private var candidateCaption: String {
        let (all, qualified) = (answer.correspondence.candidates.count, answer.correspondence.counts.qualified)
        guard all > 0 else { return "No candidates" }
        return "Where the \(all) most similar vertices lead back to; \(qualified) into the part (green)"
    }

    private var notes: [String] {
        let (photo, mesh) = (answer.photo.image, answer.mesh.mesh)
        let read = "Mesh: \(name(answer.mesh.path)), \(mesh.vertices.count) vertices, \(mesh.fileFaceCount) faces"
        var notes = ["\(read). Photo: \(name(answer.photo.path)), \(photo.width) x \(photo.height) pixels."]
        if let part {
            let share = String(format: "%.1f %%", part.fraction * 100)
            notes.append(
                "Part: \(part.vertices) vertices, \(part.faces) faces, \(share) of the surface; the ring marks the buddy vertex.")
        }
        return notes + doubts.map { "Unsure: \($0.sentence)" } + answer.warnings.suffix(3).map { "Note: \($0)" }
    }

    private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    // MARK: Pictures

    private func clickedPhoto() -> Image {
        var panel = PhotoPanel(answer.photo.image, width: Self.photo.width, height: Self.photo.height)
        panel.outline(answer.masks.object, Palette.object)
        panel.fill(answer.masks.part, Palette.part)
        panel.click(answer.click.pixel)
        return panel.image
    }

    private func candidatePhoto() -> Image {
        var panel = PhotoPanel(answer.photo.image, width: Self.photo.width, height: Self.photo.height)
        panel.pale(outside: answer.masks.part, Palette.part)
        panel.dots(
            answer.correspondence.candidates.reversed().map { ($0.pixel, $0.qualifies ? Palette.qualifying : Palette.failing) })
        if let buddy = answer.correspondence.buddy { panel.crosshair(buddy.pixel) }
        return panel.image
    }

    private var sides: MeshSides {
        let marks = answer.correspondence.buddy.map { [MeshSides.Mark(vertex: $0.vertex, color: Palette.wanted)] } ?? []
        return MeshSides(mesh: answer.mesh, segment: answer.segment, marks: marks, size: Self.side)
    }
}

/// The photo three times, with each of a click's masks.
struct MaskSheet {
    let image: Image

    /// The sheet of a click's masks.
    init(_ photo: Image, click: Pixel, masks: [(name: String, mask: Mask)]) {
        let panels = masks.map { name, mask in
            var panel = PhotoPanel(photo, width: 480, height: 480)
            panel.fill(mask, Palette.part)
            panel.click(click)
            panel.label(name)
            return panel.image
        }
        image = Image.row(panels, spacing: 12).framed(12)
    }
}
