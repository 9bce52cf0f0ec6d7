import BSBBackbones
import BSBWorkbench
import Foundation

/// Segments a photo at a click, without any mesh.
package struct ImageSegmentationJob: Sendable {
    private let bench: Workbench

    /// A job that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// The three masks of a click.
    package struct Document: Sendable, Codable {
        /// The photo, as it was named.
        package var image: String
        /// SHA-256 of the photo.
        package var hash: String
        /// x, y.
        package var click: [Int]
        /// The three masks, fine to coarse.
        package var masks: [MaskDocument]
        /// The segmenter.
        package var model: ModelIdentity
        /// What the object's mask is also by: the object head; absent where there is none, or more than one click.
        package var objectModel: ModelIdentity?
        /// The files written.
        package var outputs: [String]

        /// One mask.
        package struct MaskDocument: Sendable, Codable {
            /// `part`, `middle` or `object`.
            package var level: MaskLevel
            /// The share of the photo.
            package var fraction: Double
            /// The model's own estimate.
            package var predictedIoU: Float
            /// x0, y0, x1, y1; absent for an empty mask.
            package var box: [Int]?
        }
    }

    /// Segments the photo in the file `image`; writes the masks and a picture into `output` if given.
    ///
    /// Throws `Failure`.
    package func run(image path: String, click: Click, output: String?) throws -> Document {
        let photo = try OpenPhoto(contentsOf: path)
        for pixel in [click.pixel] + click.more + click.unwanted { try photo.check(pixel) }
        let prediction = try photo.objectAnswers(to: [click.prompt], at: bench)[0]
        let masks = MaskLevel.allCases.map { prediction.mask($0) }
        var folder = OutputFolder()
        if output != nil {
            for (level, mask) in zip(MaskLevel.allCases, masks) { folder.add("\(level.rawValue)_mask.png", try mask.pngData()) }
            folder.add(
                "masks.png",
                try MaskSheet(photo.image, click: click.pixel, masks: zip(MaskLevel.allCases, masks).map { (name: $0.rawValue, mask: $1) })
                    .image.pngData()
            )
        }
        let pixels = Double(photo.image.width * photo.image.height)
        let document = Document(
            image: path, hash: photo.hash, click: [click.pixel.x, click.pixel.y],
            masks: zip(MaskLevel.allCases, masks).map { level, mask in
                Document.MaskDocument(
                    level: level, fraction: Double(mask.count) / pixels, predictedIoU: prediction.predictedIoU[level.index],
                    box: mask.boundingBox.map { [$0.x, $0.y, $0.x + $0.width, $0.y + $0.height] })
            },
            model: bench.segmenter.identity,
            objectModel: bench.objectHead.flatMap { $0.takes(click.prompt) ? $0.identity : nil },
            outputs: folder.names + (output == nil ? [] : ["masks.json"]))
        if let output {
            folder.add("masks.json", try JSONText.data(document))
            try folder.write(to: output)
        }
        return document
    }
}
