import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import BSBWorkbench

/// The picture of a match, made to be looked at: the click and its masks, where the candidates lead back to, and the mesh from six sides
/// with the matching part in the colour of the photo's part.
struct Overview {
    private let outcome: Answer
    private let parallelism: Parallelism

    private static let margin = 28
    private static let photoWidth = 600
    private static let photoHeight = 400
    private static let side = RasterSize(width: 300, height: 376)
    private static let gap = 12
    private static let headline: Float = 34
    private static let caption = TextStyle(size: 17, color: Color(hex: 0x55_5B_66))

    /// The picture of an outcome.
    init(_ outcome: Answer, parallelism: Parallelism) {
        self.outcome = outcome
        self.parallelism = parallelism
    }

    /// Paints it.
    ///
    /// Throws `Failure` if the mesh cannot be painted.
    func image() throws -> Image { image(of: try parallelism.map(Self.panelCount, panelPainter())) }

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
        let left = Self.margin
        let right = left + Self.photoWidth + Self.margin
        let width = right + 3 * Self.side.width + 2 * Self.gap + Self.margin
        let top = 124
        let height = top + 2 * (Self.photoHeight + 34) + 3 * Self.margin
        var canvas = Canvas(width: width, height: height, fill: .white)
        paintVerdict(on: &canvas)
        let area = { PixelRectangle(x: left, y: $0, width: Self.photoWidth, height: Self.photoHeight) }
        paint(panels[0], "The click, its part (blue) and its object (amber)", in: area(top), on: &canvas)
        let second = top + Self.photoHeight + 34
        paint(panels[1], candidateCaption, in: area(second), on: &canvas)
        for (index, side) in panels.dropFirst(2).enumerated() {
            let x = right + (index % 3) * (Self.side.width + Self.gap)
            canvas.paste(side, x: x, y: top + index / 3 * (Self.side.height + Self.gap))
        }
        let below = top + 2 * Self.side.height + Self.gap + 18
        paintNumbers(at: [Float(right), Float(below)], width: Float(width - right - Self.margin), on: &canvas)
        return canvas.image
    }

    // MARK: Words

    private func paintVerdict(on canvas: inout Canvas) {
        let (title, color) =
            switch outcome.correspondence.grade {
            case .sure: ("Found: the mesh has this part", Color(hex: 0x0F_6C_BD))
            case .unsure: ("Perhaps: the mesh may have this part", Color(hex: 0xA8_66_00))
            case .none: ("No correspondence", Color(hex: 0xB4_3A_2B))
            }
        canvas.text(title, at: [Float(Self.margin), 26], TextStyle(size: Self.headline, color: color, weight: 1.7))
        canvas.text(subtitle, at: [Float(Self.margin), 76], TextStyle(size: 19, color: Color(hex: 0x33_38_40)))
    }

    private var subtitle: String {
        guard let buddy = outcome.correspondence.buddy, let iou = buddy.iou else { return outcome.correspondence.reason?.sentence ?? "" }
        // No score of this kind is sure.
        let likely =
            outcome.correspondence.existence.map { String(format: ", %.0f %% likely that the mesh has it", min(100 * $0, 99)) } ?? ""
        let numbers = String(format: "IoU %.2f, similarity %.2f", iou, buddy.similarity) + likely
        guard buddy.qualifies else {
            return "No vertex leads back into the clicked part; vertex \(buddy.vertex) is the most likely place (\(numbers))."
        }
        return "Vertex \(buddy.vertex) leads back into the clicked part (\(numbers))."
    }

    private var candidateCaption: String {
        let (all, qualified) = (outcome.correspondence.candidates.count, outcome.correspondence.counts.qualified)
        guard all > 0 else { return "No candidates" }
        return "Where the \(all) most similar vertices lead back to; \(qualified) into the part (green)"
    }

    private func paintNumbers(at position: SIMD2<Float>, width: Float, on canvas: inout Canvas) {
        var lines = [
            "Mesh: \(name(outcome.mesh.path)), \(outcome.mesh.mesh.vertices.count) vertices, \(outcome.mesh.mesh.fileFaceCount) faces"
        ]
        lines.append("Photo: \(name(outcome.photo.path)), \(outcome.photo.image.width) x \(outcome.photo.image.height) pixels")
        if let segment = outcome.segment {
            let part = PartDocument(segment, of: outcome.mesh.mesh, method: outcome.method)
            let share = String(format: "%.1f %%", part.fraction * 100)
            lines.append(
                "Part: \(part.vertices) vertices, \(part.faces) faces, \(share) of the surface; the ring marks the buddy vertex")
        }
        for warning in outcome.warnings.suffix(3) { lines.append("Note: \(warning)") }
        var y = position.y
        for line in lines {
            y += canvas.text(line, at: [position.x, y], wrappedTo: width, TextStyle(size: 16, color: Color(hex: 0x33_38_40))) + 2
        }
    }

    private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    // MARK: Photos

    private func paint(_ photo: Image, _ caption: String, in area: PixelRectangle, on canvas: inout Canvas) {
        let placed = canvas.paste(photo, fitting: area)
        canvas.text(caption, at: [Float(area.x), Float(placed.y + placed.height + 6)], Self.caption)
    }

    /// The factor that brings the photo near to its size on the sheet, so that markers come out alike for all photos.
    private var scale: Float {
        let image = outcome.photo.image
        return min(Float(Self.photoWidth) / Float(image.width), Float(Self.photoHeight) / Float(image.height))
    }

    private func clickedPhoto() -> Image {
        var canvas = scaledPhoto()
        let (width, height) = (canvas.width, canvas.height)
        canvas.outline(outcome.masks.object.resized(width: width, height: height), Color(hex: 0xF5_A6_23), thickness: 2, edged: true)
        let part = outcome.masks.part.resized(width: width, height: height)
        canvas.fill(part, Palette.part, opacity: 0.5)
        canvas.outline(part, Palette.part, thickness: 2)
        canvas.clickMarker(outcome.click.pixel.center * scale, radius: 6)
        return canvas.image
    }

    private func candidatePhoto() -> Image {
        var canvas = scaledPhoto()
        let part = outcome.masks.part.resized(width: canvas.width, height: canvas.height)
        canvas.fill(part.complement, .white, opacity: 0.35)
        canvas.outline(part, Palette.part, thickness: 2)
        for candidate in outcome.correspondence.candidates.reversed() {
            let color = candidate.qualifies ? Color(hex: 0x2E_A0_43) : Color(hex: 0xD6_45_3D)
            let center = candidate.pixel.center * scale
            canvas.fillDisc(center, radius: 5, .white)
            canvas.fillDisc(center, radius: 4, color)
        }
        if let buddy = outcome.correspondence.buddy {
            canvas.crosshair(buddy.pixel.center * scale, radius: 14, Color(hex: 0xFF_FF_FF), thickness: 2)
        }
        return canvas.image
    }

    private func scaledPhoto() -> Canvas {
        let image = outcome.photo.image
        let (width, height) = (max(1, Int(Float(image.width) * scale)), max(1, Int(Float(image.height) * scale)))
        return Canvas(image.resized(width: width, height: height, filter: .bicubic))
    }

    // MARK: Mesh

    private var sides: MeshSides {
        let marks = outcome.correspondence.buddy.map { [MeshSides.Mark(vertex: $0.vertex, color: Palette.wanted)] } ?? []
        return MeshSides(mesh: outcome.mesh, segment: outcome.segment, marks: marks, size: Self.side)
    }
}

/// The colours of parts, the same in photos, pictures of meshes and mesh files.
enum Palette {
    /// The part, in the published blue.
    package static let part = Color(60, 160, 250)
    /// Marks of vertices that are wanted.
    static let wanted = Color(hex: 0xE4_26_4B)
    /// Marks of vertices that are not.
    static let unwanted = Color(hex: 0x22_26_2E)
    /// The rest of a mesh.
    static let rest = SIMD3<Float>(0.8, 0.8, 0.8)

    /// #V colours: the part in blue with a narrow transition at its border.
    static func colors(_ segment: SurfaceSegment) -> [SIMD3<Float>] {
        let blue = SIMD3<Float>(Float(part.red), Float(part.green), Float(part.blue)) / 255
        return segment.probability.map { probability in
            let amount = min(max((probability - segment.threshold) / 0.1 + 0.5, 0), 1)
            return rest + (blue - rest) * amount
        }
    }
}

/// The photo three times, with each of a click's masks.
struct MaskSheet {
    let image: Image

    /// The sheet of a click's masks.
    init(_ photo: Image, click: Pixel, masks: [Mask]) {
        let scale = min(480 / Float(photo.width), 480 / Float(photo.height))
        let (width, height) = (max(1, Int(Float(photo.width) * scale)), max(1, Int(Float(photo.height) * scale)))
        let small = photo.resized(width: width, height: height, filter: .bicubic)
        let panels = zip(MaskLevel.allCases, masks).map { level, mask in
            var canvas = Canvas(small)
            let scaled = mask.resized(width: width, height: height)
            canvas.fill(scaled, Palette.part, opacity: 0.5)
            canvas.outline(scaled, Palette.part, thickness: 2)
            canvas.clickMarker(click.center * scale, radius: 6)
            _ = canvas.label(level.rawValue, at: [8, 8])
            return canvas.image
        }
        image = Image.row(panels, spacing: 12).framed(12)
    }
}
