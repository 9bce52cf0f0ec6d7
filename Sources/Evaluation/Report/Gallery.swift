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
}

/// Colours of the report's pictures.
enum GalleryColors {
    static let click = Color(hex: 0xE4264B)
    package static let part = Color(hex: 0x3CA0FA)
    static let answer = Color(hex: 0xE4264B)
    static let nearest = Color(hex: 0x7A3FD0)
    /// In the 3D segment and in the labelled part; in the segment only; in the part only; in neither.
    static let both = SIMD3<Float>(0.24, 0.63, 0.36)
    static let segmentOnly = SIMD3<Float>(0.93, 0.60, 0.22)
    static let partOnly = SIMD3<Float>(0.55, 0.72, 0.95)
    static let neither = SIMD3<Float>(0.72, 0.72, 0.72)
}

extension Evaluator {
    /// Pictures of up to `count` samples that the default answered rightly and as many that it did not, over all categories in turn.
    ///
    /// Photos are taken again, which gives the same pictures. Throws `Failure` if a shape cannot be read or a model cannot be run.
    package func gallery(of records: [SampleRecord], count: Int) throws -> [GalleryItem] {
        let bsb = Method.standard.rawValue
        let right = Self.spread(records.filter { $0.partExists && $0.answers[bsb]?.correct == true }, count)
        let wrong = Self.spread(records.filter { $0.partExists && $0.answers[bsb]?.correct != true }, count)
        let chosen = Dictionary(grouping: right + wrong, by: \.target).sorted { $0.key < $1.key }
        let skips = SkippedShapes()
        var items: [GalleryItem] = []
        for (index, group) in chosen.enumerated() {
            bench.progress(ProgressUpdate(stage: "Picturing samples", done: index, total: chosen.count))
            items += try pictures(of: group.value, on: group.key, skipping: skips)
        }
        bench.progress(ProgressUpdate(stage: "Picturing samples", done: chosen.count, total: chosen.count))
        return items.sorted { $0.record.sample < $1.record.sample }
    }

    /// The first samples of each category in turn.
    static func spread(_ records: [SampleRecord], _ count: Int) -> [SampleRecord] {
        let queues = Dictionary(grouping: records, by: \.category).sorted { $0.key < $1.key }.map(\.value)
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
        var sources: [String: EvaluationShape] = [name: target.shape]
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
            let masks = try opened.masks(of: Click(Pixel(x: record.click.x, y: record.click.y)), at: worker)
            return GalleryItem(
                record: record, photo: try Self.picture(of: photo.image, masks, record).jpegData(quality: 80),
                mesh: try Self.picture(of: target, record, worker).jpegData(quality: 82))
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
    private static func picture(of target: TargetMesh, _ record: SampleRecord, _ bench: Workbench) throws -> Image {
        let mesh = target.mesh.scene.mesh
        let (size, frame) = (RasterSize(320), target.shape.pose.frame)
        let buddy = record.answers[Method.standard.rawValue]?.vertex
        let nearest = record.answers[Method.nearestVertex.rawValue]?.vertex
        let towards = frame[2] + frame[1] * 0.4 + frame[0] * 0.4
        let normal = (buddy ?? nearest).map { target.mesh.surface.normals[$0] } ?? .zero
        let direction = (normal * 1.4 + towards).direction ?? towards
        let camera = Camera.framing(mesh.vertices, from: direction, up: frame[1], size: size)
        let inside = try buddy.flatMap { try target.mesh.visiblePart(around: $0, at: bench)?.vertexLabels } ?? []
        let part = target.shape.vertices(of: record.click.part)
        let colors = part.indices.map { vertex -> SIMD3<Float> in
            let isInside = inside.indices.contains(vertex) && inside[vertex]
            if isInside { return part[vertex] ? GalleryColors.both : GalleryColors.segmentOnly }
            return part[vertex] ? GalleryColors.partOnly : GalleryColors.neither
        }
        var shading = Shading.presentation
        shading.supersampling = 2
        var canvas = Canvas(
            try PictureRenderer(target.mesh.scene, shading: shading).picture(from: camera, size: size, vertexColors: colors).image
        )
        if let nearest, let (position, _) = camera.project(mesh.vertices[nearest], size: size) {
            canvas.crosshair(position, radius: 9, GalleryColors.nearest)
        }
        if let buddy, let (position, _) = camera.project(mesh.vertices[buddy], size: size) {
            canvas.clickMarker(position, radius: 5, GalleryColors.answer)
        }
        return canvas.image
    }
}
