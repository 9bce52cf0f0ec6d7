import BSBCorrespondence
import BSBImages
import BSBPhotography
import BSBRendering
import BSBWorkbench
import Foundation

/// A sample as a person sees it: the photo with the click and its masks, the mesh with the answer and its segment.
package struct GalleryItem: Sendable {
    /// The sample.
    package var record: SampleRecord
    /// JPEG files.
    package var photo: Data
    /// The mesh with the answer, as a JPEG file.
    package var mesh: Data
    /// The same in three dimensions.
    var view: MeshView
}

/// Colours of the report's pictures.
enum GalleryColors {
    static let click = Color(hex: 0xE4264B)
    package static let part = Color(hex: 0x3CA0FA)
    static let answer = Color(hex: 0xE4264B)
    static let nearest = Color(hex: 0x7A3FD0)

    static func color(_ place: MeshView.Place) -> SIMD3<Float> {
        switch place {
        case .neither: [0.72, 0.72, 0.72]
        case .both: [0.24, 0.63, 0.36]
        case .segment: [0.93, 0.60, 0.22]
        case .part: [0.55, 0.72, 0.95]
        }
    }
}

extension Evaluator {
    /// Pictures of up to `count` samples that the default answered rightly and as many that it did not, over all categories in turn.
    ///
    /// Photos are taken again, which gives the same pictures. Throws `Failure` if a shape cannot be read or a model cannot be run.
    package func gallery(of records: [SampleRecord], count: Int) throws -> [GalleryItem] {
        let bsb = Method.standard.rawValue
        let right = Self.spread(records.filter { $0.partExists && $0.answers[bsb]?.correct == true }, count)
        let wrong = Self.spread(records.filter { $0.partExists && $0.answers[bsb]?.correct != true }, count)
        let skips = SkippedShapes()
        var items: [GalleryItem] = []
        try bench.inTurn("Picturing samples", (right + wrong).grouped(by: \.target)) { name, records in
            items += try pictures(of: records, on: name, skipping: skips)
        }
        return items.sorted { $0.record.sample < $1.record.sample }
    }

    /// The first samples of each category in turn.
    static func spread(_ records: [SampleRecord], _ count: Int) -> [SampleRecord] {
        let queues = records.grouped(by: \.category).map(\.members)
        var chosen: [SampleRecord] = []
        for round in 0..<(queues.map(\.count).max() ?? 0) {
            chosen += queues.filter { $0.count > round }.map { $0[round] }
            if chosen.count >= count { break }
        }
        return Array(chosen.prefix(max(0, count)))
    }

    private func pictures(of records: [SampleRecord], on name: String, skipping skips: SkippedShapes) throws -> [GalleryItem] {
        func entry(_ name: String) -> ShapeEntry? { ground.entries.first { $0.name == name } }
        guard let shape = entry(name), let target = try skips.using(shape, { try ground.target(shape, segments: options.segments) })
        else { return [] }
        let worker = bench.singleThreaded
        var sources: [String: EvaluationShape] = [name: target]
        for record in records where sources[record.source] == nil {
            guard let other = entry(record.source) else { continue }
            sources[record.source] = try skips.using(other) { try ground.shape(other) }
        }
        let known = sources
        return try bench.parallelism.map(records.count) { index -> GalleryItem? in
            let record = records[index]
            guard let source = known[record.source],
                let photo = try photo(of: source, subject: PhotoSubject(mesh: source.opened.scene.mesh), number: record.photo)
            else { return nil }
            let opened = OpenPhoto(photo.image, name: record.source)
            let masks = try opened.masks(of: Click(record.click.pixel), at: worker)
            let view = try Self.view(of: target, record, worker)
            return GalleryItem(
                record: record, photo: try Self.picture(of: photo.image, masks, record).jpegData(quality: 80),
                mesh: try Self.picture(of: target, view).jpegData(quality: 82), view: view)
        }.compactMap { $0 }
    }

    private static func picture(of photo: Image, _ masks: ClickMasks, _ record: SampleRecord) -> Image {
        var canvas = Canvas(photo)
        canvas.dim(outside: masks.object, opacity: 0.35)
        canvas.fill(masks.part, GalleryColors.part, opacity: 0.4)
        canvas.outline(masks.part, GalleryColors.part, thickness: 2)
        canvas.clickMarker(SIMD2(Float(record.click.x) + 0.5, Float(record.click.y) + 0.5), radius: 6, GalleryColors.click)
        return canvas.image
    }

    /// The mesh from the side of the answer, or of the usual viewer if there is none.
    private static func view(of target: EvaluationShape, _ record: SampleRecord, _ bench: Workbench) throws -> MeshView {
        let frame = target.pose.frame
        let buddy = record.answers[Method.standard.rawValue]?.vertex
        let nearest = record.answers[Method.nearestVertex.rawValue]?.vertex
        let towards = frame[2] + frame[1] * 0.4 + frame[0] * 0.4
        let normal = (buddy ?? nearest).map { target.opened.surface.normals[$0] } ?? .zero
        let inside = try buddy.flatMap { try target.opened.visiblePart(around: $0, at: bench)?.vertexLabels } ?? []
        let places = target.vertices(of: record.click.part).enumerated().map { vertex, isPart -> MeshView.Place in
            let isInside = inside.indices.contains(vertex) && inside[vertex]
            return isInside ? (isPart ? .both : .segment) : (isPart ? .part : .neither)
        }
        return MeshView(
            mesh: target.opened.scene.mesh, places: places, answer: buddy, nearest: nearest,
            towards: (normal * 1.4 + towards).direction ?? towards, up: frame[1])
    }

    private static func picture(of target: EvaluationShape, _ view: MeshView) throws -> Image {
        let (mesh, size) = (view.mesh, RasterSize(320))
        let camera = Camera.framing(mesh.vertices, from: view.towards, up: view.up, size: size)
        let colors = view.places.map(GalleryColors.color)
        var shading = Shading.presentation
        shading.supersampling = 2
        var canvas = Canvas(
            try PictureRenderer(target.opened.scene, shading: shading).picture(from: camera, size: size, vertexColors: colors).image
        )
        if let nearest = view.nearest, let (position, _) = camera.project(mesh.vertices[nearest], size: size) {
            canvas.crosshair(position, radius: 9, GalleryColors.nearest)
        }
        if let buddy = view.answer, let (position, _) = camera.project(mesh.vertices[buddy], size: size) {
            canvas.clickMarker(position, radius: 5, GalleryColors.answer)
        }
        return canvas.image
    }
}
