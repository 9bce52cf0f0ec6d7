import BSBBackbones
import BSBBasics
import BSBImages
import Synchronization

/// A segmenter whose part is a disc around the click and whose object is all that is not white.
package struct DiscSegmenter: PromptSegmenter {
    package let identity = ModelIdentity(name: "discs", hash: "d0")

    package init() {}

    package func embed(_ image: Image) throws -> ImageEmbedding {
        let small = image.resized(width: 32, height: 32)
        let values = (0..<(32 * 32)).map { Float(small.pixels[3 * $0]) / 255 }
        return ImageEmbedding(
            imageWidth: image.width, imageHeight: image.height, features: FeatureGrid(32, over: image, dimension: 1, values: values))
    }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        prompts.map { prompt in
            let grid = embedding.features
            let center = grid.map(prompt.points[0].position)
            let object = grid.values.map { 4 * (0.97 - $0) }
            let disc = object.indices.map { cell -> Float in
                let offset = SIMD2(Float(cell % 32) + 0.5, Float(cell / 32) + 0.5) - center
                return min(4 - (offset * offset).sum().squareRoot(), object[cell] * 10)
            }
            return MaskPrediction(part: disc, object: object, columns: 32, map: grid.map, of: embedding)
        }
    }
}

/// A segmenter whose part is the upper or lower half of the picture, and whose object is all of it or some of its eight rows.
package struct HalfSegmenter: PromptSegmenter {
    package let identity = ModelIdentity(name: "halves", hash: "4a1f")
    package var objectRows: Range<Int>

    package init(objectRows: Range<Int> = 0..<8) { self.objectRows = objectRows }

    package func embed(_ image: Image) throws -> ImageEmbedding { .blank(image) }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let map = PlaneMap(scaleX: 1 / Float(embedding.imageWidth), scaleY: 8 / Float(embedding.imageHeight))
        return prompts.map { prompt in
            let isUpper = prompt.points[0].position.y < Float(embedding.imageHeight) / 2
            return MaskPrediction(
                part: (0..<8).map { ($0 < 4) == isUpper ? 1 : -1 }, object: (0..<8).map { objectRows.contains($0) ? 1 : -1 }, columns: 1,
                map: map, of: embedding)
        }
    }
}

/// A segmenter whose mask is the column band of the picture that holds the click.
package struct BandSegmenter: PromptSegmenter {
    package var bandWidth: Int
    package let identity = ModelIdentity(name: "bands", hash: "0")

    package init(bandWidth: Int = 4) { self.bandWidth = bandWidth }

    package func embed(_ image: Image) throws -> ImageEmbedding { .blank(image) }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let width = embedding.imageWidth
        return prompts.map { prompt in
            let band = Int(prompt.points[0].position.x) / bandWidth
            return MaskPrediction(
                (0..<(width * embedding.imageHeight)).map { ($0 % width) / bandWidth == band ? 1 : -1 }, of: embedding)
        }
    }
}

/// A segmenter whose mask is the pixels of the click's region in rows not above it; it embeds nothing.
package struct RegionSegmenter: PromptSegmenter {
    package let identity = ModelIdentity(name: "regions", hash: "0")
    private let width: Int
    private let regions: [Int]

    /// - Parameter regions: height x width: the region of each pixel.
    package init(width: Int, regions: [Int]) { (self.width, self.regions) = (width, regions) }

    package func embed(_ image: Image) throws -> ImageEmbedding { fatalError("the test embeds nothing") }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        prompts.map { prompt in
            let (x, y) = (Int(prompt.points[0].position.x), Int(prompt.points[0].position.y))
            let region = regions[y * width + x]
            return MaskPrediction(
                regions.indices.map { regions[$0] == region && $0 / width >= y ? 1 : -1 }, of: embedding)
        }
    }
}

/// Answers a click on the unit sphere, whose positions are the embedding, with the hemisphere (above or below the equator) that it is on; a
/// second wanted click adds its own hemisphere, an unwanted one leaves only what is nearer to the first click.
package struct HemisphereSegmenter: PromptSegmenter {
    package let identity = ModelIdentity(name: "hemispheres", hash: "0")

    package init() {}

    package func embed(_ image: Image) throws -> ImageEmbedding { .blank(image) }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let grid = embedding.features
        return prompts.map { prompt in
            let points = prompt.points.map { grid.feature(at: $0.position) }
            let values = (0..<(grid.columns * grid.rows)).map { cell -> Float in
                let own = Array(grid.values[(3 * cell)..<(3 * cell + 3)])
                guard own.contains(where: { $0 != 0 }) else { return -5 }
                var inside = own[1] * points[0][1] > 0
                for (point, feature) in zip(prompt.points, points).dropFirst() {
                    if point.isForeground {
                        inside = inside || own[1] * feature[1] > 0
                    } else {
                        inside = inside && distance(own, points[0]) < distance(own, feature)
                    }
                }
                return inside ? 5 : -5
            }
            return MaskPrediction(part: values, object: values, columns: grid.columns, map: grid.map, iou: 0.9, of: embedding)
        }
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
}

/// Discs, until it has been asked a number of times: then it fails, as a killed run would end.
package final class StoppingSegmenter: PromptSegmenter {
    private let inner = DiscSegmenter()
    private let asked = Atomic(0)
    private let limit: Int
    package var identity: ModelIdentity { inner.identity }

    package init(after limit: Int) { self.limit = limit }

    package func embed(_ image: Image) throws -> ImageEmbedding { try inner.embed(image) }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        guard asked.add(1, ordering: .relaxed).newValue <= limit else { throw Failure(.internal, "asking", reason: "stopped") }
        return try inner.masks(for: prompts, in: embedding)
    }
}

/// Discs, but it cannot embed anything but one photo.
package struct OnePhotoSegmenter: PromptSegmenter {
    private let photo: Image
    private let inner = DiscSegmenter()
    package var identity: ModelIdentity { inner.identity }

    package init(photo: Image) { self.photo = photo }

    package func embed(_ image: Image) throws -> ImageEmbedding {
        guard image == photo else { throw Failure(.badInput, "running the model", reason: "it cannot be run") }
        return try inner.embed(image)
    }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        try inner.masks(for: prompts, in: embedding)
    }
}

/// Discs and the object as the middle mask, but the largest takes in bars at both sides of the picture.
package struct GreedySegmenter: PromptSegmenter {
    private let inner = DiscSegmenter()
    package let identity = ModelIdentity(name: "greedy", hash: "9e")

    package init() {}

    package func embed(_ image: Image) throws -> ImageEmbedding { try inner.embed(image) }

    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        try inner.masks(for: prompts, in: embedding).map { prediction in
            var prediction = prediction
            for cell in prediction.logits[2].values.indices where !(4..<28).contains(cell % 32) { prediction.logits[2].values[cell] = 1 }
            return prediction
        }
    }
}

extension ImageEmbedding {
    /// A look that saw nothing.
    fileprivate static func blank(_ image: Image) -> ImageEmbedding {
        ImageEmbedding(
            imageWidth: image.width, imageHeight: image.height,
            features: FeatureGrid(columns: 1, rows: 1, dimension: 1, values: [1], map: PlaneMap(scaleX: 1, scaleY: 1)))
    }
}

extension MaskPrediction {
    /// The finest mask and the two coarser ones, which are alike.
    fileprivate init(part: [Float], object: [Float], columns: Int, map: PlaneMap, iou: Float = 1, of embedding: ImageEmbedding) {
        let maps = [part, object, object].map { LogitMap(width: columns, height: $0.count / columns, values: $0, map: map) }
        self.init(
            imageWidth: embedding.imageWidth, imageHeight: embedding.imageHeight, logits: maps, predictedIoU: [iou, iou, iou])
    }

    /// Three times the same mask, of a logit for each pixel.
    fileprivate init(_ pixels: [Float], of embedding: ImageEmbedding) {
        self.init(
            part: pixels, object: pixels, columns: embedding.imageWidth, map: PlaneMap(scaleX: 1, scaleY: 1), of: embedding)
    }
}
