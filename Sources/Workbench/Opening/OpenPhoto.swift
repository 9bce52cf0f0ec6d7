import BSBBackbones
import BSBBasics
import BSBImages
import Foundation

/// A photo that is open for any number of clicks.
///
/// It holds the picture. What models see in it is made when it is first needed and kept in the workbench's memory and cache.
public final class OpenPhoto: Sendable {
    /// The file, or what the caller calls the picture.
    public let path: String
    /// SHA-256 of the file, or of the pixels of a picture that was none.
    public let hash: String
    /// The picture, upright.
    public let image: Image

    /// Opens the photo in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read.
    public convenience init(contentsOf path: String) throws {
        try self.init(AtomicFile.readFile(path, operation: "reading the photo"), name: path)
    }

    /// Opens a photo from the bytes of its file.
    ///
    /// Throws `Failure` if it is no picture, or one of more than `maximumPixels`.
    public init(_ data: Data, name: String, maximumPixels: Int = 200_000_000) throws {
        path = name
        image = try Image.decode(data, name: name, options: ImageDecodingOptions(maximumPixels: maximumPixels))
        hash = ContentHash(of: data).hex
    }

    /// Opens a picture that was made in memory.
    package init(_ image: Image, name: String) {
        path = name
        self.image = image
        var hasher = ContentHasher()
        hasher.add("size", "\(image.width) x \(image.height)")
        hasher.add("pixels", image.pixels)
        hash = hasher.finalize().hex
    }

    /// The features of the whole photo.
    ///
    /// Throws `Failure` if the extractor cannot be run.
    package func features(at bench: Workbench) throws -> FeatureGrid {
        try features(in: nil, by: bench.photoExtractor, at: bench)
    }

    /// The segmenter's view of the photo.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func embedding(at bench: Workbench) throws -> ImageEmbedding {
        try bench.kept(Recipe("photo-embedding", ["photo": hash, "segmenter": bench.segmenter.identity.hash])) {
            try bench.segmenter.embed(image)
        }
    }

    /// The segmenter's view of a cut of the photo, for prompts and masks of the whole; of all of it for none.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    func embedding(in window: PictureWindow?, at bench: Workbench) throws -> ImageEmbedding {
        guard let window else { return try embedding(at: bench) }
        let area = window.area
        let recipe = Recipe(
            "photo-embedding", ["photo": hash, "segmenter": bench.segmenter.identity.hash],
            item: Self.name(area))
        var embedding = try bench.kept(recipe) { try bench.segmenter.embed(image, in: window) }
        // What is kept does not say where it is from.
        embedding.window = window
        return embedding
    }

    /// The features that the settings ask for once the object is known: the whole photo's, or those of the object's box.
    ///
    /// The box holds the clicked pixel too, and has a tenth of its longer side as margin. A box that fills the photo and an empty mask
    /// leave the photo as it is. Throws `Failure` if the extractor cannot be run.
    package func features(of object: Mask, including pixel: Pixel, at bench: Workbench) throws -> FeatureGrid {
        guard let area = area(of: object, including: pixel, at: bench) else { return try features(at: bench) }
        return try features(in: area, at: bench)
    }

    /// What the object is compared with another photo's by, in the plane of the whole photo; of the same area as the features.
    ///
    /// Photos are looked at as they are: the mean with a mirror image would lose left and right. Throws `Failure` if the extractor cannot be run.
    package func comparisonFeatures(of object: Mask, including pixel: Pixel, at bench: Workbench) throws -> FeatureGrid {
        let extractor = bench.extractor
        guard let area = area(of: object, including: pixel, at: bench), let crop = image.cropped(area) else {
            return try extractor.comparisonFeatures(of: image)
        }
        return try extractor.comparisonFeatures(of: crop).moved(by: [Float(area.x), Float(area.y)])
    }

    /// The box around the object and the pixel with its margin, where settings ask for it.
    private func area(of object: Mask, including pixel: Pixel, at bench: Workbench) -> PixelRectangle? {
        guard bench.settings.photoArea == .object, let box = object.boundingBox else { return nil }
        let clicked = box.union(PixelRectangle(x: pixel.x, y: pixel.y, width: 1, height: 1))
        return clicked.expanded(by: max(clicked.width, clicked.height) / 10).clipped(width: image.width, height: image.height)
    }

    /// The features of a cut of the photo, in the plane of the whole; those of the whole photo where the cut is all of it or outside.
    ///
    /// Throws `Failure` if the extractor cannot be run.
    package func features(in area: PixelRectangle, at bench: Workbench) throws -> FeatureGrid {
        try features(in: area, by: bench.photoExtractor, at: bench)
    }

    /// What an extractor sees of a cut of the photo, in the plane of the whole; of the whole photo where there is no cut, or none inside.
    private func features(in area: PixelRectangle?, by extractor: any FeatureExtractor, at bench: Workbench) throws -> FeatureGrid {
        let recipe = Recipe("photo-features", ["photo": hash, "extractor": extractor.identity.hash])
        guard let area, (area.width, area.height) != (image.width, image.height), let cut = image.cropped(area) else {
            return try bench.kept(recipe) { try extractor.features(of: image) }
        }
        return try bench.kept(recipe.item(Self.name(area))) {
            try extractor.features(of: cut).moved(by: [Float(area.x), Float(area.y)])
        }
    }

    /// The workbench's segmenter, which remembers what it said about this photo.
    package func segmenter(at bench: Workbench) -> any PromptSegmenter {
        PhotoSegmenter(base: bench.segmenter, photo: hash, memory: bench.memory)
    }

    /// The segmenter's answers to prompts, in order, from a look at all of the photo or at a cut of it.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func answers(to prompts: [Prompt], in window: PictureWindow? = nil, at bench: Workbench) throws -> [MaskPrediction] {
        try segmenter(at: bench).masks(for: prompts, in: embedding(in: window, at: bench))
    }

    /// The same, and to single clicks the object as the head sees it, where the models have one.
    ///
    /// Throws `Failure` if a model cannot be run.
    package func objectAnswers(to prompts: [Prompt], in window: PictureWindow? = nil, at bench: Workbench) throws -> [MaskPrediction] {
        let answers = try answers(to: prompts, in: window, at: bench)
        guard let head = bench.objectHead, prompts.contains(where: head.takes) else { return answers }
        // One look, whatever the settings ask of the photo's features: as in the head's training.
        let features = try features(in: window?.area, by: bench.extractor, at: bench)
        return try bench.parallelism.map(prompts.count) { index in
            guard head.takes(prompts[index]) else { return answers[index] }
            let click = prompts[index].points[0].position
            let place = window.map { Self.name($0.area) } ?? ""
            let recipe = Recipe(
                "photo-object", ["photo": hash, "head": head.identity.hash], item: "\(click.x)-\(click.y) \(place)")
            var answer = answers[index]
            answer.logits[answer.logits.count - 1] = try bench.remembered(recipe, bytes: { 4 * $0.values.count }) {
                try head.object(at: click, features: features, answer: answer)
            }
            return answer
        }
    }

    private static func name(_ area: PixelRectangle) -> String { "\(area.x)-\(area.y)-\(area.width)-\(area.height)" }

    /// The segmenter's own answer to a click at a pixel.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func answer(at pixel: Pixel, at bench: Workbench) throws -> MaskPrediction {
        try answers(to: [Prompt(points: [Prompt.Point(pixel.center)])], at: bench)[0]
    }

    /// Throws `Failure` for a pixel outside the photo.
    package func check(_ pixel: Pixel) throws {
        guard (0..<image.width).contains(pixel.x), (0..<image.height).contains(pixel.y) else {
            throw Failure(
                .badInput, "clicking in the photo", path: path, reason: "the click (\(pixel.x), \(pixel.y)) is outside the photo",
                hint: "x goes from 0 to \(image.width - 1), y from 0 to \(image.height - 1)")
        }
    }
}
