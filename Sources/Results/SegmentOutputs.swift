import BSBAnswering
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// The files that clicks on a mesh leave behind.
package struct SegmentOutputs: Outputs {
    private let outcome: SegmentJob.Outcome
    private let bench: Workbench
    private let part: PartFiles

    /// The files of an outcome.
    package init(_ outcome: SegmentJob.Outcome, at bench: Workbench) {
        self.outcome = outcome
        part = PartFiles(outcome.segment, of: outcome.mesh.mesh, method: outcome.method)
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        try part.add(to: &folder)
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> SegmentDocument {
        let clicked = outcome.source ?? outcome.mesh
        return SegmentDocument(
            clicks: outcome.clicks.map { .init($0, on: clicked.mesh) },
            standIns: outcome.source == nil ? nil : outcome.standIns.map { .init($0, on: outcome.mesh.mesh) },
            segment: part.document, mesh: .init(outcome.mesh),
            source: outcome.source.map { .init($0) }, decoder: outcome.provenance, settings: bench.settings,
            models: [bench.segmenter.identity], timings: outcome.timings, counts: outcome.counts,
            warnings: outcome.mesh.report.warnings, outputs: outputs)
    }

    /// The mesh from six sides, with the clicks; after a transfer, the clicked mesh above it, and on the mesh what stood for the clicks.
    private func picture() throws -> Image {
        let marks = { (clicks: [SurfaceClick]) in
            clicks.map { MeshSides.Mark(vertex: $0.vertex, color: $0.isForeground ? Palette.wanted : Palette.unwanted) }
        }
        let size = RasterSize(320)
        let sides = try MeshSides(
            mesh: outcome.mesh, segment: outcome.segment, marks: marks(outcome.source == nil ? outcome.clicks : outcome.standIns),
            size: size
        ).images(parallelism: bench.parallelism)
        let clicked = try outcome.source.map { source in
            try MeshSides(mesh: source, segment: nil, marks: marks(outcome.clicks), size: size).images(parallelism: bench.parallelism)
        }
        let rows = [clicked.map { $0[..<3] }, sides[..<3], sides[3...]].compactMap { $0 }
        let part = part.document
        return PictureSheet(
            title: "The part that was clicked",
            subtitle: "\(part.vertices) vertices, \(part.faces) faces, \(String(format: "%.1f", part.fraction * 100)) % of the surface",
            rows: rows.map { row in row.map { PictureSheet.Panel($0, "") } }
        ).image()
    }
}

extension SegmentDocument.ClickDocument {
    /// A click on a mesh.
    fileprivate init(_ click: SurfaceClick, on mesh: Mesh) {
        let position = mesh.filePosition(click.vertex)
        self.init(vertex: click.vertex, isForeground: click.isForeground, position: [position.x, position.y, position.z])
    }
}
