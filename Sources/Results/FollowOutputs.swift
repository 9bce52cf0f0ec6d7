import BSBAnswering
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBWorkbench
import Foundation

/// Makes the files of a followed part frame by frame, so that of a frame only its mask and its pictures are kept, compressed.
package final class FollowRecorder {
    private let total: Int
    private let wantsFiles: Bool
    /// Frames of the contact sheet, by number.
    private let chosen: Set<Int>
    private var rows: [FollowDocument.FrameDocument] = []
    private var masks: [(name: String, data: Data)] = []
    private var panels: [PictureSheet.Panel] = []
    private var film: FrameFilm?

    /// Frames on the contact sheet, at most.
    private static let sheet = 30
    private static let panel = (width: 220, height: 165)

    /// A recorder of `count` frames; without files only the document is made.
    package init(frames count: Int, wantsFiles: Bool) {
        (total, self.wantsFiles) = (count, wantsFiles)
        let shown = min(count, Self.sheet)
        chosen = Set((0..<shown).map { shown > 1 ? $0 * (count - 1) / (shown - 1) : 0 })
    }

    /// Takes the next frame.
    ///
    /// Throws `Failure` if its mask or picture cannot be encoded.
    package func add(_ frame: FollowJob.Frame) throws {
        let number = "\(frame.index + 1)"
        let zeros = String(repeating: "0", count: max(0, max(3, "\(total)".count) - number.count))
        let name = "masks/frame-\(zeros)\(number).png"
        rows.append(FollowDocument.FrameDocument(frame, mask: wantsFiles ? name : nil))
        guard wantsFiles else { return }
        if let mask = frame.part?.mask { masks.append((name, try mask.pngData())) }
        if chosen.contains(frame.index) { panels.append(PictureSheet.Panel(Self.panel(frame), Self.caption(frame))) }
        // The first frame is always a picture.
        if film == nil, let image = frame.image { film = try FrameFilm(image) }
        try film?.add(frame, caption: Self.caption(frame))
    }

    /// The files of all frames that were taken.
    ///
    /// Throws `Failure` if the animation cannot be made.
    package func outputs(
        of outcome: FollowJob.Outcome, click: Pixel, options: FollowOptions = FollowOptions(), at bench: Workbench
    ) throws -> FollowOutputs {
        FollowOutputs(
            outcome: outcome, click: click, options: options, rows: rows, masks: masks, panels: panels, film: try film?.file(), bench: bench
        )
    }

    /// The number of a frame and how sure its mask is.
    private static func caption(_ frame: FollowJob.Frame) -> String {
        let number = "\(frame.index + 1)"
        guard let part = frame.part else { return "\(number): cannot be read" }
        return part.mask == nil ? "\(number): not in this frame" : "\(number): " + String(format: "%.2f", part.confidence)
    }

    /// A frame with its mask; grey where there is no picture.
    private static func panel(_ frame: FollowJob.Frame) -> Image {
        guard let image = frame.image else { return Image(width: panel.width, height: panel.height, fill: Color(225, 225, 225)) }
        var shown = PhotoPanel(image, width: panel.width, height: panel.height)
        if let mask = frame.part?.mask { shown.fill(mask, Palette.part) }
        return shown.image
    }
}

/// Frames with their masks, one after the other, all of the first one's shape.
private struct FrameFilm {
    private static let side = 480
    private static let milliseconds = 125

    private let film: WebPAnimation

    /// A film whose pictures have the shape of `image`.
    init(_ image: Image) throws {
        let size = fittedSize(image.width, image.height, longestSide: min(Self.side, max(image.width, image.height)))
        film = try WebPAnimation(width: size.width, height: size.height)
    }

    func add(_ frame: FollowJob.Frame, caption: String) throws {
        var canvas = Canvas(width: film.width, height: film.height, fill: .black)
        if let image = frame.image {
            var panel = PhotoPanel(image, width: film.width, height: film.height)
            if let mask = frame.part?.mask { panel.fill(mask, Palette.part) }
            canvas.paste(panel.image, x: (film.width - panel.image.width) / 2, y: (film.height - panel.image.height) / 2)
        }
        _ = canvas.label(caption, at: [8, 8])
        try film.add(canvas.image, milliseconds: Self.milliseconds)
    }

    func file() throws -> Data { try film.file() }
}

/// The files that following a part leaves behind.
package struct FollowOutputs: Outputs {
    fileprivate let outcome: FollowJob.Outcome
    fileprivate let click: Pixel
    fileprivate let options: FollowOptions
    fileprivate let rows: [FollowDocument.FrameDocument]
    fileprivate let masks: [(name: String, data: Data)]
    fileprivate let panels: [PictureSheet.Panel]
    fileprivate let film: Data?
    fileprivate let bench: Workbench

    private static let columns = 6

    private var answer: Answer { outcome.first }
    private var part: PartFiles? { answer.segment.map { PartFiles($0, of: answer.mesh.mesh, method: answer.method) } }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        if let film { folder.add("frames.webp", film) }
        for mask in masks { folder.add(mask.name, mask.data) }
        try part?.add(to: &folder)
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> FollowDocument {
        let (correspondence, buddy) = (answer.correspondence, answer.correspondence.buddy)
        let position = buddy.map { answer.mesh.mesh.filePosition($0.vertex) }
        return FollowDocument(
            found: buddy != nil, grade: answer.grade, explanation: correspondence.reason?.sentence, vertex: buddy?.vertex,
            position: position.map { [$0.x, $0.y, $0.z] }, iou: buddy?.iou,
            existence: correspondence.existence.map { ($0 * 1e4).rounded() / 1e4 }, segment: part?.document, frames: rows,
            shown: rows.count(where: \.shown), unreadable: rows.count { $0.size == nil }, click: [click.x, click.y],
            mesh: MeshDocument(answer.mesh), following: options, settings: bench.effectiveSettings, models: bench.models,
            warnings: answer.warnings, timings: outcome.timings, outputs: outputs)
    }

    private func picture() throws -> Image {
        var clicked = PhotoPanel(answer.photo.image, width: 480, height: 320)
        clicked.outline(answer.masks.object, Palette.object)
        clicked.fill(answer.masks.part, Palette.part)
        clicked.click(answer.click.pixel)
        let marks = answer.correspondence.buddy.map { [MeshSides.Mark(vertex: $0.vertex, color: Palette.wanted)] } ?? []
        let sides = try MeshSides(mesh: answer.mesh, segment: answer.segment, marks: marks, size: RasterSize(width: 280, height: 320))
            .images(parallelism: bench.parallelism)
        let frames = stride(from: 0, to: panels.count, by: Self.columns).map { start in
            Array(panels[start..<min(start + Self.columns, panels.count)])
        }
        let grade = answer.grade
        return PictureSheet(
            title: PictureSheet.title(
                grade, sure: "Found: one part of the mesh, followed from frame to frame",
                unsure: "Perhaps: the mesh may have this part; followed from frame to frame"),
            grade: grade, subtitle: subtitle,
            rows: [
                [
                    .init(clicked.image, "The click in the first frame, its part (blue) and its object (amber)"),
                    .init(sides[0], "The part of the mesh (blue)"), .init(sides[2], ""), .init(sides[4], ""),
                ]
            ] + frames
        ).image()
    }

    private var subtitle: String {
        guard answer.isFound else { return answer.correspondence.reason?.sentence ?? "" }
        let unreadable = rows.count { $0.size == nil }
        let others = unreadable > 0 ? "; \(unreadable) cannot be read" : ""
        let some = panels.count < rows.count ? " \(panels.count) of them are below." : ""
        return "\(rows.count(where: \.shown)) of \(rows.count) frames show the part\(others).\(some) "
            + "The number below a frame is how sure its mask is."
    }
}
