import Backbones
import Basics
import Correspondence
import Foundation
import Images

/// A photo, read and seen by both models once.
public struct PreparedPhoto: Sendable {
    /// The file, as the user named it.
    public let path: String
    /// SHA-256 of the file.
    public let hash: String
    /// The picture, upright.
    public let image: Image
    /// The feature extractor's view of it.
    public private(set) var features: FeatureGrid
    /// The segmenter's view of it.
    public let embedding: ImageEmbedding

    /// Reads the photo in the file `path` and runs both models on it, unless the cache has their answers.
    ///
    /// Throws `Failure` if it cannot be read or a model cannot be run.
    public init(contentsOf path: String, at bench: Workbench) throws {
        let data = try AtomicFile.readFile(path, operation: "reading the photo")
        try self.init(try Image.decode(data, name: path), path: path, hash: ContentHash(of: data).hex, at: bench)
    }

    /// Runs both models on a picture that was read already.
    public init(_ image: Image, path: String, hash: String, at bench: Workbench) throws {
        self.path = path
        self.hash = hash
        self.image = image
        let folder = CacheDirectory.key(["photo", hash])
        let extractor = try bench.photoExtractor
        features = try Self.cached(bench.cache, folder, "features-\(extractor.identity.hash.prefix(16))", \.cacheData) {
            FeatureGrid(cached: $0)
        } make: {
            try extractor.features(of: image)
        }
        embedding = try Self.cached(bench.cache, folder, "embedding-\(bench.segmenter.identity.hash.prefix(16))", \.cacheData) {
            ImageEmbedding(cached: $0)
        } make: {
            try bench.segmenter.embed(image)
        }
    }

    /// The photo with the features that the settings ask for once the object is known: its own, or those of the object's box.
    ///
    /// The box holds the clicked pixel too, and has a tenth of its longer side as margin. A box that fills the photo and an empty mask
    /// leave the photo as it is. Throws `Failure` if the extractor cannot be run.
    public func focused(on objectMask: Mask, including pixel: Pixel, at bench: Workbench) throws -> PreparedPhoto {
        guard bench.settings.photoArea == .object, let object = objectMask.boundingBox else { return self }
        let box = object.union(PixelRectangle(x: pixel.x, y: pixel.y, width: 1, height: 1))
        let area = box.expanded(by: max(box.width, box.height) / 10).clipped(width: image.width, height: image.height)
        guard (area.width, area.height) != (image.width, image.height), let crop = image.cropped(area) else { return self }
        let folder = CacheDirectory.key(["photo", hash])
        let extractor = try bench.photoExtractor
        let name = "features-\(extractor.identity.hash.prefix(16))-\(area.x)-\(area.y)-\(area.width)-\(area.height)"
        var focused = self
        focused.features = try Self.cached(bench.cache, folder, name, \.cacheData) {
            FeatureGrid(cached: $0)
        } make: {
            try extractor.features(of: crop).moved(by: [Float(area.x), Float(area.y)])
        }
        return focused
    }

    private static func cached<T>(
        _ cache: CacheDirectory, _ folder: String, _ name: String, _ encode: (T) -> Data, decode: (Data) -> T?, make: () throws -> T
    ) rethrows -> T {
        if let stored = cache.read(folder: folder, name: name), let value = decode(stored) { return value }
        let made = try make()
        cache.write(encode(made), folder: folder, name: name)
        return made
    }
}

/// What the user points at in a photo.
public struct Click: Sendable, Hashable {
    /// The clicked pixel.
    public var pixel: Pixel
    /// Where the object is clicked, if elsewhere than the part.
    public var objectPixel: Pixel?
    /// A box around the part.
    public var box: Prompt.Box?
    /// More clicks on the part.
    public var more: [Pixel]
    /// Clicks on what is not the part.
    public var unwanted: [Pixel]
    /// The part itself, where it is known; then nothing is segmented at the click.
    public var mask: Mask?

    /// A click at `pixel`.
    public init(
        _ pixel: Pixel, objectPixel: Pixel? = nil, box: Prompt.Box? = nil, more: [Pixel] = [], unwanted: [Pixel] = [], mask: Mask? = nil
    ) {
        self.pixel = pixel
        self.objectPixel = objectPixel
        self.box = box
        self.more = more
        self.unwanted = unwanted
        self.mask = mask
    }

    /// A click that stands for a mask, nothing for an empty one: the pixel deepest inside its largest piece.
    public init?(standingFor mask: Mask, objectPixel: Pixel? = nil) {
        guard let piece = mask.components(limit: 1).first, let pixel = ExampleJob.deepest(piece) else { return nil }
        self.init(pixel, objectPixel: objectPixel, mask: mask)
    }

    /// The question for the part.
    var prompt: Prompt {
        Prompt(
            points: ([pixel] + more).map { Prompt.Point($0.center) } + unwanted.map { Prompt.Point($0.center, isForeground: false) },
            box: box)
    }
}

extension PreparedPhoto {
    /// The object and part masks of a click, by the levels of the settings.
    ///
    /// Throws `Failure` if a click is outside the photo or the segmenter cannot be run.
    public func masks(of click: Click, at bench: Workbench) throws -> (object: Mask, part: Mask) {
        let objectPixel = click.objectPixel ?? click.pixel
        for pixel in [click.pixel, objectPixel] + click.more + click.unwanted { try check(pixel) }
        let prompts = [click.prompt, Prompt(points: [Prompt.Point(objectPixel.center)])]
        let distinct = prompts[0] == prompts[1] ? [prompts[0]] : prompts
        let answers = try bench.segmenter.masks(for: distinct, in: embedding)
        let part = try click.mask.map(checked) ?? answers[0].mask(bench.settings.matching.partLevel)
        return (answers.last!.mask(bench.settings.objectLevel), part)
    }

    private func checked(_ mask: Mask) throws -> Mask {
        guard mask.width == image.width, mask.height == image.height else {
            throw Failure(
                .badInput, "reading the part's mask", path: path,
                reason: "the mask has \(mask.width) x \(mask.height) pixels, the photo \(image.width) x \(image.height)",
                hint: "a mask has the size of the photo as it is seen upright")
        }
        return mask
    }

    func check(_ pixel: Pixel) throws {
        guard (0..<image.width).contains(pixel.x), (0..<image.height).contains(pixel.y) else {
            throw Failure(
                .badInput, "clicking in the photo", path: path, reason: "the click (\(pixel.x), \(pixel.y)) is outside the photo",
                hint: "x goes from 0 to \(image.width - 1), y from 0 to \(image.height - 1)")
        }
    }

    /// A click in this photo, ready for matching.
    public func clicked(_ click: Click, masks: (object: Mask, part: Mask)) -> ClickedPhoto {
        ClickedPhoto(
            features: features, embedding: embedding, click: click.pixel, box: click.box, unwanted: click.unwanted,
            objectMask: masks.object, partMask: masks.part)
    }
}
