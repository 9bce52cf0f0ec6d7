import BSBBasics
import BSBImages
import BSBRendering
import BSBWorkbench
import Foundation

/// `photos.json` of an export: cameras and clicks of photos that are yet to be made from their depth maps.
package struct DepthExport: Sendable, Hashable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// How a depth d becomes a value of a depth map: `value / 65535 = (1/d - 1/far) / (1/near - 1/far)`, at least 1; 0 is background.
    package var encoding = "inverse depth, near is 65535, background is 0"
    /// What decides the clicks.
    package var options: EvaluationOptions
    /// The photos, by number.
    package var photos: [Photo]
    /// Shapes that could not be used.
    package var skipped: [SkippedShape]?

    /// One photo.
    package struct Photo: Sendable, Hashable, Codable {
        /// Its number; the picture that is brought back is called `NUMBER.png`, `.jpg` or `.webp`, like the depth map's front part.
        package var number: Int
        /// The shape that it shows.
        package var shape: String
        /// The depth map's file name.
        package var depth: String
        /// Words to make the picture with.
        package var prompt: String
        /// The camera, with the shape in the unit ball.
        package var camera: Camera
        /// The least and the largest depth, along the viewing direction.
        package var near: Float
        /// The largest depth.
        package var far: Float
        /// The depth map's width in pixels.
        package var width: Int
        /// The depth map's height in pixels.
        package var height: Int
        /// The clicks, in pixels of the depth map.
        package var clicks: [LabelledClick]

        /// The stem of the picture's file.
        var stem: String { Self.stem(number) }

        static func stem(_ number: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        }
    }
}

extension Evaluator {
    /// Writes the depth maps of the photos that would be taken, with `photos.json`, to a folder.
    ///
    /// Throws `Failure` if a shape cannot be read or a file cannot be written.
    package func exportDepth(to folder: String) throws -> DepthExport {
        let skips = SkippedShapes()
        var photos: [DepthExport.Photo] = []
        try bench.inTurn("Exporting depth maps", plan()) { job in
            for source in Set(job.photos.map(\.source)).sorted() {
                guard let shape = try skips.using(source, { try ground.shape(source) }) else { continue }
                let own = job.photos.filter { $0.source == source }
                photos += try bench.parallelism.map(own.count) { try depthMap(own[$0].number, shape, to: folder) }.compactMap { $0 }
            }
        }
        let export = DepthExport(options: options, photos: photos.sorted { $0.number < $1.number }, skipped: skips.rows())
        try AtomicFile.write(try JSONText.data(export), to: "\(folder)/photos.json", operation: "exporting depth maps")
        return export
    }

    private func depthMap(_ number: Int, _ shape: EvaluationShape, to folder: String) throws -> DepthExport.Photo? {
        guard let sight = studio.sight(of: shape, number: number) else { return nil }
        let depths = sight.surfaces.depth.filter(\.isFinite)
        guard let near = depths.min(), let far = depths.max(), near > 0 else { return nil }
        let span = max(1 / near - 1 / far, 1e-6)
        let values = sight.surfaces.depth.map { depth -> UInt16 in
            depth.isFinite ? UInt16(min(max(((1 / depth - 1 / far) / span) * 65535, 1), 65535)) : 0
        }
        let name = "\(DepthExport.Photo.stem(number))-depth.png"
        let (width, height) = (sight.surfaces.size.width, sight.surfaces.size.height)
        let picture = DeepGreyImage(width: width, height: height, values: values)
        try AtomicFile.write(try picture.pngData(), to: "\(folder)/\(name)", operation: "exporting depth maps")
        return DepthExport.Photo(
            number: number, shape: shape.entry.name, depth: name, prompt: "a photo of a \(shape.entry.category.lowercased())",
            camera: sight.camera, near: near, far: far, width: width, height: height, clicks: sight.clicks)
    }
}

/// Pictures that were made from exported depth maps.
package struct ReturnedPhotos: Sendable {
    /// The photos that there are pictures of, by number.
    let photos: [Int: (photo: DepthExport.Photo, path: String)]
    /// SHA-256 over all pictures.
    let hash: String
    /// What was exported.
    package let options: EvaluationOptions

    /// Reads an export's folder into which the pictures were put.
    ///
    /// Throws `Failure` if it is no such folder or has no picture.
    package init(contentsOf folder: String) throws {
        let export = try JSONFile.decode(DepthExport.self, from: "\(folder)/photos.json", operation: "reading the photos")
        var (found, hasher): ([Int: (DepthExport.Photo, String)], ContentHasher) = ([:], ContentHasher())
        for photo in export.photos {
            let names = ["png", "jpg", "jpeg", "webp"].map { "\(folder)/\(photo.stem).\($0)" }
            guard let path = names.first(where: Folder.exists) else { continue }
            guard photo.width > 0, photo.height > 0, !photo.clicks.isEmpty else {
                throw Failure(
                    .badInput, "reading the photos", path: "\(folder)/photos.json", reason: "photo \(photo.number) has no size or no click")
            }
            found[photo.number] = (photo, path)
            hasher.add(photo.stem, try ContentHash(ofFile: path).hex)
        }
        guard !found.isEmpty else {
            throw Failure(
                .missingInput, "reading the photos", path: folder, reason: "there is no picture",
                hint: "a picture for 000012-depth.png is called 000012.png, 000012.jpg or 000012.webp")
        }
        (photos, options, hash) = (found, export.options, hasher.finalize().hex)
    }

    /// The photo of a number, with its clicks in the picture's pixels; nil if there is no picture of it.
    ///
    /// Throws `Failure` if the picture cannot be read, or it is of another shape than the plan has.
    func photo(_ number: Int, of shape: EvaluationShape) throws -> EvaluationPhoto? {
        guard let (photo, path) = photos[number] else { return nil }
        guard photo.shape == shape.entry.name else {
            throw Failure(
                .usage, "reading the photos", path: path, reason: "it is of \(photo.shape), but \(shape.entry.name) is to be photographed",
                hint: "evaluate with the data, split, seed and samples of the export")
        }
        let image = try Image(contentsOf: path)
        let scale = SIMD2(Float(image.width) / Float(photo.width), Float(image.height) / Float(photo.height))
        let clicks = try photo.clicks.map { click -> LabelledClick in
            guard (0..<photo.width).contains(click.x), (0..<photo.height).contains(click.y) else {
                throw Failure(.badInput, "reading the photos", path: path, reason: "the click (\(click.x), \(click.y)) is outside")
            }
            var moved = click
            moved.x = min(Int((Float(click.x) + 0.5) * scale.x), image.width - 1)
            moved.y = min(Int((Float(click.y) + 0.5) * scale.y), image.height - 1)
            return moved
        }
        let surfaces = shape.opened.scene.surfaces(from: photo.camera, size: RasterSize(width: image.width, height: image.height))
        return EvaluationPhoto(
            image: image, clicks: clicks, camera: photo.camera,
            partMasks: clicks.map { surfaces.mask(of: $0.part, on: shape) })
    }
}
