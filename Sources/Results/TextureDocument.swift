import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import Foundation
import BSBImages
import BSBRegistration
import BSBRendering
import BSBShapes
import BSBTexturing
import BSBWorkbench

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
    /// Whether the part or all of the mesh was painted.
    package var scope: TextureScope
    /// How well the view of the object that the paint is laid on by covers it and looks like it, at most about 1.
    package var score: Double?
    /// Triangles of the view's warp that are folded over.
    package var folds: Int?
    /// The mesh's plane of symmetry, in the unit ball that it is placed in, if it has one.
    package var mirror: Mirror?
    /// The share of the painted texels that the photo shows, that it shows mirrored, and that were made up.
    package var provenance: Shares?
    /// Lengths and differences of seams, and how the layout stretches.
    package var seams: SeamReport?
    /// The number of pieces that the part was laid out in.
    package var charts: Int?
    /// Texels in two pieces at once; 0 for a valid layout.
    package var overlappingTexels: Int?
    /// The painted mesh compared with the photo.
    package var check: ReprojectionCheck?
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// A plane.
    package struct Mirror: Sendable, Codable {
        /// The unit normal.
        package var normal: [Double]
        /// The mean distance of mirrored points from the surface, as a share of its diameter.
        package var error: Double
    }

    /// Where colours are from.
    package struct Shares: Sendable, Codable {
        /// From the photo.
        package var seen: Double
        /// From the photo's view of the mirror image.
        package var mirrored: Double
        /// From what lies before it, or around it.
        package var made: Double
    }
}

/// The files that painting leaves behind.
package struct TextureOutputs: Outputs {
    private let outcome: TextureJob.Outcome
    private let mode: TextureMode
    private let scope: TextureScope
    private let bench: Workbench

    /// The files of an outcome.
    package init(_ outcome: TextureJob.Outcome, mode: TextureMode, scope: TextureScope = .part, at bench: Workbench) {
        self.outcome = outcome
        self.mode = mode
        self.scope = scope
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        folder.add("part_mask.png", try outcome.match.masks.part.pngData())
        if scope == .object { folder.add("object_mask.png", try outcome.mask.pngData()) }
        if let texture = outcome.texture { folder.add("provenance.png", try Self.provenance(texture).pngData()) }
        // The picture of the part, and on the rest what the file has there.
        if let painted = outcome.painted?.restoring(0, from: outcome.match.mesh.mesh) {
            folder.add("textured.glb", try painted.texturedGLBData())
            for file in try painted.texturedOBJFiles(name: "textured") { folder.add(file.name, file.data) }
        }
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> TextureDocument {
        let texture = outcome.texture
        return TextureDocument(
            found: outcome.painted != nil, match: MatchOutputs(outcome.match, at: bench).document(),
            mode: mode, scope: scope, score: outcome.map?.score, folds: outcome.map?.folds,
            mirror: outcome.mirror.map { .init(normal: [$0.normal.x, $0.normal.y, $0.normal.z], error: $0.error) },
            provenance: texture.map { texture in
                let shares = texture.shares
                return .init(seen: shares[.seen] ?? 0, mirrored: shares[.mirrored] ?? 0, made: shares[.made] ?? 0)
            },
            seams: texture?.seams, charts: texture?.atlas.chartCount, overlappingTexels: texture?.overlappingTexels,
            check: outcome.check, timings: outcome.timings, outputs: outputs)
    }

    /// The picture's texels in the colours of their origin.
    private static func provenance(_ texture: PartTexture) -> Image {
        let size = texture.atlas.size
        return Image(
            width: size, height: size,
            pixels: texture.provenance.flatMap { kind -> [UInt8] in
                let color = color(of: kind)
                return [color.red, color.green, color.blue]
            })
    }

    private static func color(of kind: Provenance) -> Color {
        switch kind {
        case .none: .white
        case .seen: Color(hex: 0x2E_A0_43)
        case .mirrored: Color(hex: 0x0F_6C_BD)
        case .made: Color(hex: 0xF5_A6_23)
        }
    }

    private func picture() throws -> Image {
        let match = outcome.match
        var photo = PhotoPanel(match.photo.image, width: 480, height: 360)
        photo.outline(scope == .object ? outcome.mask : match.masks.object, Palette.object)
        photo.outline(match.masks.part, Palette.part)
        photo.click(match.click.pixel)
        var rows = [[PictureSheet.Panel(photo.image, "The click, its part (blue) and its object (amber)")]]
        if let texture = outcome.texture {
            rows[0].append(.init(texture.image.resized(width: 360, height: 360), "The picture that was made"))
            rows[0].append(
                .init(Self.provenance(texture).resized(width: 360, height: 360), "Seen (green), mirrored (blue), made (orange)"))
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
        let grade: Grade = outcome.painted == nil ? .none : scope == .object ? .sure : match.grade
        return PictureSheet(
            title: PictureSheet.title(
                grade, sure: "Painted: the \(scope == .part ? "part" : "mesh") has the photo's look",
                unsure: "Painted: what may be the part has the photo's look"),
            grade: grade, subtitle: subtitle, rows: rows
        ).image()
    }

    private var subtitle: String {
        guard let texture = outcome.texture else {
            return outcome.painted == nil ? outcome.match.correspondence.reason?.sentence ?? "" : "In the photo's typical colour."
        }
        let shares = texture.shares
        func percent(_ kind: Provenance) -> String { String(format: "%.0f%%", 100 * (shares[kind] ?? 0)) }
        var check = ""
        if let seen = outcome.check, seen.pixels > 0 {
            check = String(format: "; mean difference to the photo %.3f", seen.meanDifference)
        }
        let charts = texture.atlas.chartCount
        return "\(percent(.seen)) seen, \(percent(.mirrored)) mirrored, \(percent(.made)) made; "
            + "\(charts) piece\(charts == 1 ? "" : "s")\(check)."
    }
}
